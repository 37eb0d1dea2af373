import { Anchor, Code, Group, Stack, Text } from '@mantine/core'
import { CopyButton } from '../../components/CopyButton'
import { bytes } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import type { Artifact, Message, Part } from './api'
import classes from './agents.module.css'

/** What a message or artifact holds. Texts of others stay texts; an address is shown, not followed. */
export function Parts({ parts, label }: { parts: readonly Part[] | undefined; label: string }) {
  if (!parts?.length) return <Text size="sm" c="dimmed">nothing</Text>
  return <Stack gap="xs">{parts.map((part, i) => <OnePart key={i} part={part} label={parts.length > 1 ? `${label}, part ${i + 1}` : label} />)}</Stack>
}

function OnePart({ part, label }: { part: Part; label: string }) {
  if (part.text !== undefined) return <div className={classes.text}>{part.text}</div>
  if (part.data !== undefined) return <JsonView value={part.data} label={label} />
  if (part.url !== undefined) return <Group gap={4} wrap="nowrap"><Code style={{ overflowWrap: 'anywhere' }}>{part.filename ? `${part.filename}: ` : ''}{part.url}</Code><CopyButton text={part.url} label="Copy the address" /></Group>
  if (part.raw !== undefined) {
    const size = Math.floor((part.raw.length * 3) / 4)
    return <Anchor size="sm" download={part.filename ?? 'file'} href={`data:application/octet-stream;base64,${part.raw}`}>{part.filename ?? 'file'} ({[part.mediaType, bytes(size)].filter(Boolean).join(', ')})</Anchor>
  }
  return <Text size="sm" c="dimmed">a part of an unknown kind</Text>
}

export function Artifacts({ artifacts }: { artifacts: readonly Artifact[] }) {
  return (
    <Stack gap="sm">
      {artifacts.map((artifact) => (
        <div key={artifact.artifactId}>
          {(artifacts.length > 1 || artifact.description) && <Text size="sm" fw={600}>{artifact.name ?? artifact.artifactId}{artifact.description && <Text span inherit fw={400} c="dimmed"> {artifact.description}</Text>}</Text>}
          <Parts parts={artifact.parts} label={`Artifact ${artifact.name ?? artifact.artifactId}`} />
        </div>
      ))}
    </Stack>
  )
}

/** Who said what, in order. */
export function Conversation({ messages }: { messages: readonly Message[] }) {
  return (
    <Stack gap="xs">
      {messages.map((message) => {
        const isUser = message.role === 'ROLE_USER'
        return (
          <div key={message.messageId} className={classes.message} data-role={isUser ? 'user' : 'agent'}>
            <Text size="xs" fw={600} c="dimmed">{isUser ? 'Client' : 'Agent'}</Text>
            <Parts parts={message.parts} label={`Message of the ${isUser ? 'client' : 'agent'}`} />
          </div>
        )
      })}
    </Stack>
  )
}

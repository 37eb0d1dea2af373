import { Blockquote, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { Action } from '../../components/Action'
import { view, type Execution } from './api'

/** Approves or rejects what an execution waits for. */
export function ReviewActions({ execution, node, prompt }: { execution: string; node: string; prompt: string }) {
  const [by, setBy] = useLocalStorage({ key: 'howdah-reviewer', defaultValue: '' })
  const [comment, setComment] = useState('')
  const decide = (approved: boolean) => () => view<Execution>(api.POST('/api/executions/{id}/nodes/{node}/review', { params: { path: { id: execution, node } }, body: { approved, by, comment } }))
  const fields = (
    <Stack gap="sm">
      <TextInput label="Your name" required value={by} onChange={(event) => setBy(event.currentTarget.value)} />
      <Textarea label="Comment" autosize minRows={2} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
    </Stack>
  )
  const undo = 'A review is decided once; it cannot be undone.'
  const about = (what: string) => <Stack gap="xs"><Blockquote p="sm" m={0}>{prompt}</Blockquote>{what}</Stack>
  return (
    <Group gap={6} wrap="nowrap">
      <Action label="Approve" size="compact-sm" icon={<IconCheck size={14} />} about={about('Says yes, and the execution goes on.')} undo={undo} run={decide(true)} done={() => 'Approved'}>{fields}</Action>
      <Action label="Reject" size="compact-sm" isDangerous icon={<IconX size={14} />} about={about('Says no. The node fails, unless its definition says that it goes on.')} undo={undo} run={decide(false)} done={() => 'Rejected'}>{fields}</Action>
    </Group>
  )
}

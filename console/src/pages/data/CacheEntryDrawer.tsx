import { Badge, Code, Drawer, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconClock, IconPencil, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/client'
import { parse, stringify } from '../../api/json'
import { Action } from '../../components/Action'
import { CopyButton } from '../../components/CopyButton'
import { bytes, count } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { SetEntry } from './SetEntry'
import { call, type CacheEntry } from './api'
import { ttlText } from './words'

const BYTES_SHOWN = 512

/** One entry of a cache: its value as it was stored, how long it lives, who reads it. */
export function CacheEntryDrawer({ name, keyBase64, onClose }: { name: string; keyBase64: string; onClose: () => void }) {
  const at = `/api/caches/${encodeURIComponent(name)}/entry`
  const key = `key_base64=${encodeURIComponent(keyBase64)}`
  const query = useQuery({
    queryKey: ['caches', name, 'entry', keyBase64],
    queryFn: async ({ signal }) => {
      const [description, value] = await Promise.all([call<CacheEntry>('GET', `${at}/description?${key}`, undefined, {}, signal), request(`${at}?${key}`, { signal, headers: { Accept: '*/*' } })])
      const content = new Uint8Array(await value.arrayBuffer())
      return { description, content, version: (value.headers.get('ETag') ?? '').replaceAll(/^(W\/)?"|"$/g, '') }
    },
    retry: false,
  })
  const [ttl, setTtl] = useState('')
  const entry = query.data?.description
  const text = query.data && entry && entry.kind !== 'bytes' ? new TextDecoder().decode(query.data.content) : undefined
  const json = text !== undefined && entry?.kind !== 'text' ? parse(text) : undefined
  const title = entry?.key ?? entry?.key_base64 ?? 'Entry'
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={<Text ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>{title}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <QueryState query={query}>
        {({ description, content, version }) => (
          <Stack gap="md">
            <Group gap="xs">
              {description.key !== null && text !== undefined && <SetEntry key={version} name={name} label="Change" icon={<IconPencil size={14} />} entry={{ key: description.key, kind: description.kind, text: json === undefined ? text : stringify(json), tags: description.tags, version }} />}
              <Action label="Set time to live" size="xs" icon={<IconClock size={14} />} about="How long the entry lives from now on. Empty gives it the time again that it was stored with; 0s ends it." undo="It can be set again as long as the entry lives."
                run={() => call('POST', `${at}/touch?${key}`, ttl.trim() ? { ttl: ttl.trim() } : {})} done={() => 'The time to live is set'}>
                <TextInput label="Lives" placeholder="10m, or never" value={ttl} onChange={(event) => setTtl(event.currentTarget.value)} />
              </Action>
              <Action label="Delete" size="xs" isDangerous icon={<IconTrash size={14} />} about={`Deletes ${title} from ${name}.`} undo="This cannot be undone; whoever fills the cache loads it anew." run={() => call('DELETE', `${at}?${key}`)} done={() => `${title} is deleted`} onDone={onClose} />
            </Group>
            {json !== undefined ? <JsonView value={json} label="value" /> : text !== undefined ? (
              <Group align="flex-start" wrap="nowrap" gap="xs"><Code block style={{ flex: 1, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 420, overflow: 'auto' }} tabIndex={0}>{text || '(empty text)'}</Code><CopyButton text={text} label="Copy value" /></Group>
            ) : (
              <Stack gap={4}><Text size="sm">{bytes(content.length)} that are no text{content.length > BYTES_SHOWN ? `, the first ${BYTES_SHOWN} of them` : ''}:</Text><Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{Array.from(content.slice(0, BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}</Code></Stack>
            )}
            <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} aria-label="About the entry">
              <Table.Tbody>
                <Fact name="Still lives">{ttlText(description.ttl_ms)}</Fact>
                <Fact name="Tags">{description.tags.length ? description.tags.map((tag) => <Badge key={tag} variant="light" color="gray" tt="none" mr={4}>{tag}</Badge>) : 'none'}</Fact>
                <Fact name="Kind and size">{description.kind}, {bytes(description.bytes)}</Fact>
                <Fact name="Read">{count(description.access_count)} times, last <Time at={description.accessed_at} /></Fact>
                <Fact name="Written"><Time at={description.written_at} /></Fact>
                <Fact name="Created"><Time at={description.created_at} /></Fact>
                <Fact name="Version"><Text span ff="monospace" size="sm">{version}</Text></Fact>
              </Table.Tbody>
            </Table>
          </Stack>
        )}
      </QueryState>
    </Drawer>
  )
}

export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <Table.Tr><Table.Th fw={400} c="dimmed" w={130} style={{ verticalAlign: 'top' }}>{name}</Table.Th><Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td></Table.Tr>
}

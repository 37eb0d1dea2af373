import { JsonInput, Select, Stack, TagsInput, TextInput, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { request } from '../../api/client'
import { Action } from '../../components/Action'

export interface EntryValue {
  key: string
  kind: string
  text: string
  tags: string[]
  version: string
}

/** Stores an entry: a new one, or another value of the one that is open, of which nobody's change is overwritten. */
export function SetEntry({ name, label, icon, entry, onDone }: { name: string; label: string; icon: ReactNode; entry?: EntryValue; onDone?: () => void }) {
  const [key, setKey] = useState(entry?.key ?? '')
  const [kind, setKind] = useState(entry?.kind === 'text' ? 'text' : 'json')
  const [text, setText] = useState(entry?.text ?? '')
  const [ttl, setTtl] = useState('')
  const [tags, setTags] = useState<string[]>(entry?.tags ?? [])
  const run = async () => {
    const query = new URLSearchParams({ key })
    if (ttl.trim()) query.set('ttl', ttl.trim())
    tags.forEach((tag) => query.append('tags', tag))
    // The text goes as it was typed, so that numbers stay exact.
    await request(`/api/caches/${encodeURIComponent(name)}/entry?${query}`, { method: 'PUT', body: text, headers: { 'Content-Type': kind === 'json' ? 'application/json' : 'text/plain', ...(entry ? { 'If-Match': `"${entry.version}"` } : {}) } })
  }
  return (
    <Action label={label} icon={icon} variant={entry ? 'default' : 'filled'} size={entry ? 'xs' : 'sm'} confirmLabel="Store" run={run} done={() => `${key} is stored`} onDone={onDone}
      about={entry ? 'Replaces value, time to live and tags, if nobody has changed the entry since you read it.' : 'Replaces the entry of this key if there is one.'} undo="The value that it replaces cannot be brought back.">
      <Stack gap="sm">
        <TextInput label="Key" required readOnly={!!entry} value={key} onChange={(event) => setKey(event.currentTarget.value)} />
        <Select label="Kind" allowDeselect={false} data={[{ value: 'json', label: 'JSON or a number' }, { value: 'text', label: 'text' }]} value={kind} onChange={(next) => setKind(next ?? 'json')} />
        {kind === 'json'
          ? <JsonInput label="Value" required autosize minRows={3} maxRows={14} value={text} onChange={setText} validationError="no JSON yet" styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />
          : <Textarea label="Value" autosize minRows={3} maxRows={14} value={text} onChange={(event) => setText(event.currentTarget.value)} />}
        <TextInput label="Lives" description="A duration such as 5m, or never; by default as long as the cache says" placeholder="5m" value={ttl} onChange={(event) => setTtl(event.currentTarget.value)} />
        <TagsInput label="Tags" placeholder="Enter after each" value={tags} onChange={setTags} />
      </Stack>
    </Action>
  )
}

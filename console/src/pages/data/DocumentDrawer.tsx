import { Alert, Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDeviceFloppy, IconGitMerge, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { parse, stringify } from '../../api/json'
import { Action } from '../../components/Action'
import { Problem } from '../../components/Problem'
import { QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import classes from './DocumentDrawer.module.css'
import { QueryEditor } from './QueryEditor'
import { call, path, type Document, type Envelope } from './api'
import { difference, type Field } from './documents'

/** One document, or a new one. What somebody else writes meanwhile is neither overwritten nor does it overwrite what was typed. */
export function DocumentDrawer({ collection, id, fields, onClose, onInserted }: { collection: string; id?: string; fields: Field[]; onClose: () => void; onInserted: (id: string) => void }) {
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={<Text ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>{id ?? `New document of ${collection}`}</Text>} closeButtonProps={{ 'aria-label': 'Close' }} closeOnClickOutside={false}>
      {id === undefined ? <Insert collection={collection} fields={fields} onInserted={onInserted} /> : <Edit collection={collection} id={id} fields={fields} onClose={onClose} />}
    </Drawer>
  )
}

function Insert({ collection, fields, onInserted }: { collection: string; fields: Field[]; onInserted: (id: string) => void }) {
  const queries = useQueryClient()
  const template = Object.fromEntries(fields.filter((field) => field.path !== '_id' && !field.path.includes('.')).slice(0, 8).map((field) => [field.path, field.types[0] === 'number' ? 0 : field.types[0] === 'array' ? [] : field.types[0] === 'object' ? {} : field.types[0] === 'boolean' ? false : '']))
  const [text, setText] = useState(() => stringify(template))
  const insert = useMutation({
    mutationFn: async () => call<Document>('POST', path('documents', collection), parse(text)),
    onSuccess: (document) => {
      notifications.show({ message: 'The document is inserted', color: 'teal', withBorder: true })
      void queries.invalidateQueries({ queryKey: ['documents'] })
      if (typeof document._id === 'string') onInserted(document._id)
    },
  })
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">The server makes an _id if there is none. An array inserts all of its documents or none.</Text>
      <QueryEditor label="Document" value={text} onChange={setText} fields={fields} minRows={12} onRun={() => insert.mutate()} />
      {insert.isError && <Problem error={insert.error} />}
      <Group><Button leftSection={<IconDeviceFloppy size={16} />} loading={insert.isPending} onClick={() => insert.mutate()}>Insert</Button></Group>
    </Stack>
  )
}

function Edit({ collection, id, fields, onClose }: { collection: string; id: string; fields: Field[]; onClose: () => void }) {
  const at = path('documents', collection, id)
  const queries = useQueryClient()
  const query = useQuery({ queryKey: ['documents', 'one', collection, id], queryFn: ({ signal }) => call<Envelope>('GET', `${at}?meta=true`, undefined, {}, signal), retry: false })
  /** What was typed, and the revision that it began with; undefined while nothing was. */
  const [draft, setDraft] = useState<{ text: string; rev: number }>()
  const save = useMutation({
    mutationFn: (rev: number) => call<Document>('PUT', at, parse(draft!.text), { 'If-Match': `"${rev}"` }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['documents'] })
      setDraft(undefined)
      notifications.show({ message: `${id} is saved`, color: 'teal', withBorder: true })
    },
    onError: (error) => error instanceof ApiError && error.status === 409 && void query.refetch(),
  })
  return (
    <QueryState query={query}>
      {(envelope) => {
        const theirs = stringify(envelope.document)
        const isConflict = draft !== undefined && draft.rev !== envelope.rev
        const isChanged = draft !== undefined && draft.text !== theirs
        return (
          <Stack gap="sm">
            <Text size="sm" c="dimmed">Revision {envelope.rev}, changed <Time at={envelope.updated_at} />, created <Time at={envelope.created_at} /></Text>
            {isConflict && (
              <Alert color="yellow" variant="light" styles={{ title: { color: 'var(--mantine-color-text)' } }} icon={<IconGitMerge size={18} />} title={`Somebody else has changed it: revision ${envelope.rev} is there, yours began with ${draft.rev}`} role="alert" data-testid="conflict">
                <Stack gap="sm">
                  <Text size="sm">Nothing is lost: what you typed is below. These lines differ, − only in the stored one, + only in yours:</Text>
                  <pre className={classes.difference} tabIndex={0} aria-label="Differences">{difference(draft.text, theirs).map((line, i) => <span key={i} data-of={line.of}>{line.of === 'mine' ? '+ ' : line.of === 'theirs' ? '− ' : '  '}{line.line}{'\n'}</span>)}</pre>
                  <Group gap="xs">
                    <Button size="compact-sm" variant="default" onClick={() => { save.reset(); setDraft({ text: draft.text, rev: envelope.rev }) }}>Keep mine, go on from revision {envelope.rev}</Button>
                    <Button size="compact-sm" variant="default" onClick={() => { save.reset(); setDraft(undefined) }}>Take the stored one, discard mine</Button>
                  </Group>
                </Stack>
              </Alert>
            )}
            <QueryEditor label="Document" value={draft?.text ?? theirs} onChange={(text) => setDraft({ text, rev: draft?.rev ?? envelope.rev })} fields={fields} minRows={12} onRun={() => isChanged && !isConflict && save.mutate(draft.rev)} />
            {save.isError && !isConflict && <Problem error={save.error} />}
            <Group gap="xs">
              <Button leftSection={<IconDeviceFloppy size={16} />} disabled={!isChanged || isConflict} loading={save.isPending} onClick={() => save.mutate(draft!.rev)}>Save</Button>
              {isChanged && !isConflict && <Button variant="default" onClick={() => { save.reset(); setDraft(undefined) }}>Discard what I typed</Button>}
              <Action label="Delete" isDangerous icon={<IconTrash size={16} />} about={`Deletes the document ${id} at revision ${envelope.rev}; if somebody changes it meanwhile, it stays.`} undo="This cannot be undone." run={() => call('DELETE', at, undefined, { 'If-Match': `"${envelope.rev}"` })} done={() => `${id} is deleted`} onDone={onClose} />
            </Group>
          </Stack>
        )
      }}
    </QueryState>
  )
}

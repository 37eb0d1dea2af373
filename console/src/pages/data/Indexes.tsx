import { Checkbox, Group, Select, TagsInput, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes } from '../../components/format'
import { Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import type { Index } from './api'
import type { Field } from './documents'
import { indexes } from './queries'

/** What a collection's filters are served by. */
export function Indexes({ collection, fields }: { collection: string; fields: Field[] }) {
  const query = useQuery(indexes(collection))
  const columns: Column<Index>[] = [
    { key: 'name', header: 'Index', width: 'minmax(100px, 1.5fr)', cell: (index) => <Text size="sm" truncate="end">{index.name}</Text> },
    { key: 'kind', header: 'Kind', width: '120px', from: 420, cell: (index) => `${index.kind === 'btree' ? 'B-tree' : 'GIN'}${index.unique ? ', unique' : ''}` },
    { key: 'paths', header: 'Paths', width: 'minmax(0, 2fr)', cell: (index) => <Text size="sm" ff="monospace" truncate="end">{index.paths.join(', ') || 'any'}</Text> },
    { key: 'state', header: 'State', width: '100px', cell: (index) => <State state={index.state} tone={index.state === 'building' ? 'busy' : undefined} title={index.error ?? undefined} /> },
    { key: 'bytes', header: 'Size', width: '80px', align: 'right', from: 520, cell: (index) => bytes(index.bytes) },
    { key: 'drop', header: <VisuallyHidden>Actions</VisuallyHidden>, width: '44px', cell: (index) => <Action compact label={`Drop ${index.name}`} isDangerous icon={<IconTrash size={16} />} about={`Drops the index ${index.name}. Filters that it served look at every document then.`} undo="It can be declared again and is built anew." run={() => body(api.DELETE('/api/documents/{collection}/_indexes/{name}', { params: { path: { collection, name: index.name } } }))} done={() => `${index.name} is dropped`} /> },
  ]
  return (
    <Section title="Indexes" about="A B-tree serves equality, ranges and uniqueness of its paths; GIN serves equality on any path and is larger" actions={<Declare collection={collection} fields={fields} />}>
      <QueryState query={query}>
        {(items) => <DataTable label="Indexes" columns={columns} rows={items} rowKey={(index) => index.name} empty={<Empty title="No index is declared" command={`howdah documents index ${collection} --btree ${fields.find((field) => field.path !== '_id')?.path ?? 'user.id'}`}>Ids always have one. Explain says which filters need another.</Empty>} />}
      </QueryState>
    </Section>
  )
}

function Declare({ collection, fields }: { collection: string; fields: Field[] }) {
  const [kind, setKind] = useState('btree')
  const [paths, setPaths] = useState<string[]>([])
  const [unique, setUnique] = useState(false)
  const [name, setName] = useState('')
  const made = name.trim() || (kind === 'gin' ? 'gin' : `by_${paths.join('_').replaceAll(/\W+/g, '_')}`.toLowerCase())
  return (
    <Action label="Declare an index" size="xs" variant="filled" icon={<IconPlus size={14} />} confirmLabel="Declare" about={`Declares ${made} and builds it beside reads and writes.`} undo="It can be dropped."
      run={() => body(api.PUT('/api/documents/{collection}/_indexes/{name}', { params: { path: { collection, name: made }, query: { wait: false } }, body: { kind, paths: kind === 'gin' ? undefined : paths, unique: kind === 'btree' && unique } as never }))} done={() => `${made} is being built`} onDone={() => setPaths([])}>
      <Select label="Kind" allowDeselect={false} data={[{ value: 'btree', label: 'B-tree: equality, ranges, uniqueness' }, { value: 'gin', label: 'GIN: equality on any path' }]} value={kind} onChange={(next) => setKind(next ?? 'btree')} />
      {kind === 'btree' && <TagsInput label="Paths" required data={fields.map((field) => field.path)} value={paths} onChange={setPaths} placeholder="user.id" />}
      {kind === 'btree' && <Group><Checkbox label="No two documents with the same value" checked={unique} onChange={(event) => setUnique(event.currentTarget.checked)} /></Group>}
      <TextInput label="Name" placeholder={made} value={name} onChange={(event) => setName(event.currentTarget.value)} />
    </Action>
  )
}

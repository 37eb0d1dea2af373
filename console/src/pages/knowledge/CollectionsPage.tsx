import { Anchor, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { JsonField } from '../../components/SchemaForm'
import { State } from '../../components/State'
import type { Listed, SearchCollection } from './api'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/collections')

const COLUMNS: Column<SearchCollection>[] = [
  { key: 'name', header: 'Collection', width: 'minmax(120px, 2fr)', cell: (collection) => <Anchor component={Link} to="/knowledge/collections/$name" params={{ name: collection.name } as never} size="sm" truncate="end" display="block">{collection.name}</Anchor> },
  { key: 'entries', header: 'Entries', width: '100px', align: 'right', cell: (collection) => count(collection.entries) },
  { key: 'embedded', header: 'With vectors', width: '110px', align: 'right', from: 480, cell: (collection) => count(collection.embedded) },
  { key: 'vectors', header: 'Vectors', width: 'minmax(0, 2fr)', from: 640, cell: (collection) => <Text size="sm" truncate="end">{collection.vectors ? `${collection.vectors.dimension} dimensions, ${collection.vectors.metric}${collection.vectors.model ? `, ${collection.vectors.model}` : ', your own'}` : 'none: words only'}</Text> },
  { key: 'index', header: 'Index', width: '130px', from: 760, cell: (collection) => (collection.index ? <State state={collection.index.kind} tone={collection.index.ready ? 'good' : 'busy'} title={collection.index.ready ? 'ready' : 'being built'} /> : <Text size="sm" c="dimmed">–</Text>) },
  { key: 'language', header: 'Language', width: '100px', from: 860, cell: (collection) => collection.language },
]

/** Texts and vectors of one's own that are searched. */
export function CollectionsPage() {
  const navigate = route.useNavigate()
  const query = useQuery({ queryKey: ['knowledge', 'collections'], queryFn: async () => (await body(api.GET('/api/search/collections'))) as unknown as Listed<SearchCollection> })
  return (
    <Page title="Collections" about="Texts and vectors of your own, searched by words and meaning" tabs={<KnowledgeTabs />} actions={<Create />}>
      <QueryState query={query}>
        {({ items }) => <DataTable label="Search collections" columns={COLUMNS} rows={items} rowKey={(collection) => collection.name} onOpen={(collection) => void navigate({ to: '/knowledge/collections/$name', params: { name: collection.name } } as never)}
          empty={<Empty title="There is no collection" command="curl -X PUT …/api/search/collections/notes">Create one here.</Empty>} />}
      </QueryState>
    </Page>
  )
}

function Create() {
  const [name, setName] = useState('')
  const [dimension, setDimension] = useState<number | string>('')
  const [metric, setMetric] = useState('cosine')
  const [fields, setFields] = useState<Json>()
  return (
    <Action label="Create a collection" icon={<IconPlus size={16} />} variant="filled" confirmLabel="Create" about="A place for texts that are searched. What it is cannot be changed afterwards." undo="It can be deleted with everything in it."
      run={() => body(api.PUT('/api/search/collections/{name}', { params: { path: { name: name.trim() } }, body: { ...(dimension === '' ? {} : { dimension: Number(dimension), metric }), fields: fields ?? {} } as never }))} done={() => `The collection ${name} is there`}>
      <Stack gap="sm">
        <TextInput label="Name" placeholder="notes" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <NumberInput label="Dimension" description="Of vectors that you bring; leave it empty to have the server's model make them" min={1} allowDecimal={false} value={dimension} onChange={setDimension} />
        {dimension !== '' && <Select label="Metric" allowDeselect={false} data={['cosine', 'l2', 'inner_product']} value={metric} onChange={(next) => setMetric(next ?? 'cosine')} />}
        <JsonField name="fields" label="Fields" description={'What filters may name: text, number or boolean, such as {"year": "number"}'} value={fields} onChange={setFields} />
      </Stack>
    </Action>
  )
}

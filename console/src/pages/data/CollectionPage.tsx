import { Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { bytes, count } from '../../components/format'
import { Page } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { Aggregate } from './Aggregate'
import { DocumentDrawer } from './DocumentDrawer'
import { Find } from './Find'
import { Indexes } from './Indexes'
import { call, path, type Collection, type Document } from './api'
import { fieldsOf } from './documents'
import { DataTabs } from './tabs'

const route = getRouteApi('/data/documents/$collection')
/** So many documents are looked at for the names of fields. */
const SAMPLE = 50
const NEW = 'new'

/** One collection of documents: asked, changed, aggregated, indexed. */
export function CollectionPage() {
  const { collection } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery({ queryKey: ['documents', 'collection', collection], queryFn: async () => (await body(api.GET('/api/documents/{collection}', { params: { path: { collection } } }))) as unknown as Collection })
  const sample = useQuery({ queryKey: ['document-fields', collection], staleTime: 60_000, enabled: query.isSuccess, queryFn: ({ signal }) => call<{ items: Document[] }>('POST', path('documents', collection, '_find'), { page: SAMPLE }, {}, signal) })
  const fields = useMemo(() => fieldsOf(sample.data?.items ?? []), [sample.data])
  const part = search.part ?? 'find'
  const change = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next } })
  return (
    <Page title={collection} tabs={<DataTabs />} about={query.data && `Collection, about ${count(query.data.documents)} documents, ${bytes(query.data.bytes)}, ${count(query.data.indexes)} ${query.data.indexes === 1 ? 'index' : 'indexes'}`}
      actions={query.data && <><Button leftSection={<IconPlus size={16} />} onClick={() => change({ document: NEW })}>Insert</Button><Drop name={collection} documents={query.data.documents} /></>}>
      <QueryState query={query}>
        {() => (
          <Stack gap="md">
            <Group><SegmentedControl size="xs" aria-label="Part" value={part} onChange={(next) => change({ part: next === 'find' ? undefined : next })} data={[{ value: 'find', label: 'Find' }, { value: 'aggregate', label: 'Aggregate' }, { value: 'indexes', label: 'Indexes' }]} /></Group>
            {part === 'aggregate' ? <Aggregate collection={collection} fields={fields} pipeline={search.pipeline} onPipeline={(pipeline) => change({ pipeline })} />
              : part === 'indexes' ? <Indexes collection={collection} fields={fields} />
                : <Find collection={collection} fields={fields} search={search} onChange={change} />}
          </Stack>
        )}
      </QueryState>
      {search.document && <DocumentDrawer key={search.document} collection={collection} id={search.document === NEW ? undefined : search.document} fields={fields} onClose={() => change({ document: undefined })} onInserted={(id) => change({ document: id })} />}
    </Page>
  )
}

function Drop({ name, documents }: { name: string; documents: number }) {
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState('')
  return (
    <Action label="Drop" isDangerous icon={<IconTrash size={16} />} about={`Drops the collection ${name} with about ${count(documents)} documents, its indexes and its changes.`} undo="This cannot be undone."
      run={async () => {
        if (typed !== name) throw new Error(`type the name ${name} to confirm`)
        await body(api.DELETE('/api/documents/{collection}', { params: { path: { collection: name } } }))
      }} done={() => `${name} is dropped`} onDone={() => void navigate({ to: '/data/documents' } as never)}>
      <TextInput label={`Type ${name} to confirm`} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
    </Action>
  )
}

import { Button, Group, Menu, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconBulb, IconChevronDown, IconListSearch, IconSearch, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError } from '../../api/client'
import { parse, stringify, type Json } from '../../api/json'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { ExplainView } from './ExplainView'
import { QueryEditor } from './QueryEditor'
import { call, path, type Envelope, type Explanation, type Listed } from './api'
import { columnsOf, examplesOf, fieldsOf, type Field } from './documents'
import type { CollectionParams } from './routes'

const PAGE = 50
const CELL_MAX = 200

/** What was typed as JSON; says what is wrong in the form in which the server does. */
export function json(text: string | undefined, what: string): Json | undefined {
  if (!text?.trim()) return undefined
  try {
    return parse(text)
  } catch (error) {
    throw new ApiError(400, 'json-invalid', `the ${what} is no JSON: ${(error as Error).message}`, 'names of fields and texts stand in double quotes')
  }
}

/** Documents by a filter: as a table or as JSON, with the way in which they are found. */
export function Find({ collection, fields, search, onChange }: { collection: string; fields: Field[]; search: CollectionParams; onChange: (next: CollectionParams) => void }) {
  const [filter, setFilter] = useState(search.filter ?? '')
  const [sort, setSort] = useState(search.sort ?? '')
  useEffect(() => setFilter(search.filter ?? ''), [search.filter])
  useEffect(() => setSort(search.sort ?? ''), [search.sort])
  const run = (next: Partial<CollectionParams> = {}) => onChange({ filter: filter.trim() || undefined, sort: sort.trim() || undefined, ...next })
  const query = useInfiniteQuery({
    queryKey: ['documents', 'find', collection, search.filter, search.sort],
    initialPageParam: undefined as string | undefined,
    retry: false,
    queryFn: ({ pageParam, signal }) => call<Listed<Envelope>>('POST', path('documents', collection, '_find'), { filter: json(search.filter, 'filter') ?? {}, sort: json(search.sort, 'sort'), page: PAGE, cursor: pageParam, meta: true }, {}, signal),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const explain = useMutation({ mutationFn: async () => call<Explanation>('POST', path('documents', collection, '_explain'), { filter: json(filter, 'filter') ?? {}, sort: json(sort, 'sort') }) })
  const counted = useMutation({ mutationFn: async () => call<{ count: number }>('POST', path('documents', collection, '_count'), { filter: json(filter, 'filter') ?? {} }) })
  useEffect(() => {
    explain.reset()
    counted.reset()
  }, [search.filter, search.sort])
  const rows = query.data?.pages.flatMap((page) => page.items)
  const columns: Column<Envelope>[] = [
    { key: '_id', header: '_id', width: 'minmax(90px, 1fr)', cell: (row) => <Text size="sm" ff="monospace" truncate="end">{row.id}</Text> },
    ...columnsOf(rows ? fieldsOf(rows.map((row) => row.document)) : fields).map((field, i): Column<Envelope> => ({ key: field, header: field, width: 'minmax(0, 1fr)', from: i < 2 ? undefined : 320 + i * 110, cell: (row) => <Cell value={row.document[field]} /> })),
    { key: 'rev', header: 'Rev.', width: '60px', align: 'right', from: 560, cell: (row) => row.rev },
  ]
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <QueryEditor label="Filter" value={filter} onChange={setFilter} onRun={() => run()} fields={fields} placeholder={'{"status": "open"}; empty finds all'} />
        <Stack gap={6}>
          <TextInput label="Sort" placeholder='{"total": -1}; by _id if empty' value={sort} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} onChange={(event) => setSort(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Enter' && run()} />
          <Group gap={6}>
            <Button size="compact-sm" leftSection={<IconSearch size={14} />} onClick={() => (filter.trim() === (search.filter ?? '') && sort.trim() === (search.sort ?? '') ? void query.refetch() : run())}>Find</Button>
            <Menu position="bottom-start" withinPortal>
              <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconBulb size={14} />} rightSection={<IconChevronDown size={12} />}>Examples</Button></Menu.Target>
              <Menu.Dropdown>
                {examplesOf(fields).map((example) => <Menu.Item key={example.label} onClick={() => { setFilter(stringify(example.filter)); run({ filter: stringify(example.filter, 0) }) }}><Text size="sm">{example.label}</Text><Text size="xs" c="dimmed" ff="monospace" truncate="end" maw={360}>{stringify(example.filter, 0)}</Text></Menu.Item>)}
                <Menu.Item onClick={() => { setFilter(''); run({ filter: undefined }) }}>all documents</Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button size="compact-sm" variant="default" leftSection={<IconListSearch size={14} />} loading={explain.isPending} onClick={() => explain.mutate()}>Explain</Button>
            <Button size="compact-sm" variant="default" loading={counted.isPending} onClick={() => counted.mutate()}>Count</Button>
            <DeleteMatching collection={collection} filter={filter} />
          </Group>
          {counted.data && <Text size="sm" role="status">{count(counted.data.count)} documents match.</Text>}
        </Stack>
      </SimpleGrid>
      {counted.isError && <Problem error={counted.error} />}
      {explain.isError && <Problem error={explain.error} />}
      {explain.data && <ExplainView explanation={explain.data} onClose={() => explain.reset()} />}
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <>
          <Group justify="space-between">
            <Text size="xs" c="dimmed" role="status">{query.hasNextPage ? `The first ${count(rows.length)}; more as you scroll` : `${count(rows.length)} ${rows.length === 1 ? 'document' : 'documents'}`}</Text>
            <SegmentedControl size="xs" aria-label="View" value={search.view ?? 'table'} onChange={(view) => onChange({ view: view === 'table' ? undefined : view })} data={[{ value: 'table', label: 'Table' }, { value: 'json', label: 'JSON' }]} />
          </Group>
          {search.view === 'json' ? (
            <Stack gap="sm">
              <JsonView value={rows.map((row) => row.document)} label="documents" maxHeight={640} />
              {query.hasNextPage && <Group><Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>More</Button></Group>}
            </Stack>
          ) : (
            <DataTable label="Documents" columns={columns} rows={rows} rowKey={(row) => encodeURIComponent(row.id)} rowHeight={34} onOpen={(row) => onChange({ document: row.id })} current={search.document && encodeURIComponent(search.document)}
              onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage}
              empty={search.filter ? <Empty title="No document matches">Explain says how the filter is understood.</Empty> : <Empty title="The collection is empty" command={`howdah documents insert ${collection} '{"a": 1}'`} />} />
          )}
        </>
      )}
    </Stack>
  )
}

export function Cell({ value }: { value: Json | undefined }) {
  if (value === undefined) return <Text size="sm" c="dimmed">–</Text>
  const text = typeof value === 'string' ? value : stringify(value, 0)
  return <Text size="sm" truncate="end" title={text.length < CELL_MAX ? text : undefined} ff={typeof value === 'object' ? 'monospace' : undefined}>{text.slice(0, CELL_MAX)}</Text>
}

function DeleteMatching({ collection, filter }: { collection: string; filter: string }) {
  return (
    <Action label="Delete matching" size="compact-sm" isDangerous icon={<IconTrash size={14} />} blocked={filter.trim() ? undefined : 'Say by a filter which documents go'} about={() => <CountFirst collection={collection} filter={filter} />} undo="This cannot be undone."
      run={() => call<{ deleted: number }>('POST', path('documents', collection, '_delete'), { filter: json(filter, 'filter'), many: true })} done={(answer) => `${count(answer.deleted)} deleted`} />
  )
}

function CountFirst({ collection, filter }: { collection: string; filter: string }) {
  const query = useQuery({ queryKey: ['document-count', collection, filter], retry: false, staleTime: 0, queryFn: () => call<{ count: number }>('POST', path('documents', collection, '_count'), { filter: json(filter, 'filter') }) })
  if (query.isError) return <Problem error={query.error} />
  return <>{query.data ? `Deletes the ${count(query.data.count)} documents of ${collection} that match the filter, all or none.` : 'Counting …'}</>
}

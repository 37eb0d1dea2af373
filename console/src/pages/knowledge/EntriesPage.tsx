import { Anchor, Button, Group, Select, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { DataTable, type Column } from '../../components/DataTable'
import { words } from '../../components/format'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AddEntry } from './AddEntry'
import { NameSelect } from './NameSelect'
import type { Entry, Listed } from './api'
import { CATEGORIES, isKind, KINDS, SEVERITIES, STATUSES, type Kind } from './kinds'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/$kind')
const PAGE = 100

/** One kind of knowledge as a list: patterns, decisions, components, lessons or issues. */
export function EntriesPage() {
  const { kind: path } = route.useParams()
  if (!isKind(path)) return <Page title="There is no such page" tabs={<KnowledgeTabs />}><Button component={Link} to="/knowledge">To the search</Button></Page>
  return <Entries key={path} kind={KINDS[path]} />
}

function Entries({ kind }: { kind: Kind }) {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const change = (search: Partial<typeof filter>) => void navigate({ search: { ...filter, ...search }, replace: true })
  const query = useInfiniteQuery({
    queryKey: ['knowledge', 'entries', kind.path, filter],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await body(api.GET('/api/knowledge/{kind}', { params: { path: { kind: kind.path }, query: { ...filter, cursor: pageParam, limit: PAGE } }, signal }))) as unknown as Listed<Entry>,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  const columns: Column<Entry>[] = [
    { key: 'title', header: kind.one.replace(/^./, (first) => first.toUpperCase()), width: 'minmax(140px, 2fr)', cell: (entry) => <Anchor component={Link} to="/knowledge/$kind/$id" params={{ kind: kind.path, id: entry.id } as never} size="sm" truncate="end" display="block">{kind.title(entry)}</Anchor> },
    ...kind.fields.map((field): Column<Entry> => ({ key: field.key, header: field.header, width: field.state || field.key === 'category' || field.key === 'language' ? '130px' : 'minmax(0, 2fr)', from: field.state && field.key !== 'impact' ? 340 : 700, cell: (entry) => <Field value={entry[field.key]} isState={field.state} /> })),
    { key: 'repository', header: 'Repository', width: 'minmax(110px, 1fr)', cell: (entry) => <Text size="sm" truncate="end" title={entry.repository}>{entry.repository}</Text> },
    { key: 'updated', header: 'Changed', width: '110px', align: 'right', from: 560, cell: (entry) => <Time at={entry.updated_at} /> },
  ]
  const isFiltered = Object.values(filter).some(Boolean)
  return (
    <Page title={kind.many.replace(/^./, (first) => first.toUpperCase())} about={kind.about} tabs={<KnowledgeTabs />} actions={<AddEntry kind={kind} />}>
      <Group gap="xs">
        <NameSelect of="repositories" size="xs" aria-label="Repository" placeholder="Any repository" w={230} value={filter.repository} onChange={(repository) => change({ repository: repository ?? undefined })} />
        {kind.path === 'patterns' && <NameSelect of="patterns" size="xs" aria-label="Name" placeholder="Any name" w={230} value={filter.name} onChange={(name) => change({ name: name ?? undefined })} />}
        {kind.path === 'lessons' && <Choice label="Category" data={CATEGORIES} value={filter.category} onChange={(category) => change({ category })} />}
        {kind.path === 'issues' && (
          <>
            <Choice label="Status" data={STATUSES} value={filter.status} onChange={(status) => change({ status })} />
            <Choice label="Severity" data={SEVERITIES} value={filter.severity} onChange={(severity) => change({ severity })} />
            <NameSelect of="patterns" size="xs" aria-label="Pattern" placeholder="Any pattern" w={200} value={filter.pattern} onChange={(pattern) => change({ pattern: pattern ?? undefined })} />
          </>
        )}
        {isFiltered && <Button size="compact-sm" variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>Clear filters</Button>}
      </Group>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <DataTable label={kind.many} columns={columns} rows={rows} rowKey={(entry) => entry.id} onOpen={(entry) => void navigate({ to: '/knowledge/$kind/$id', params: { kind: kind.path, id: entry.id } } as never)}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage}
          empty={isFiltered ? <Empty title={`No ${kind.many} like that`}>Clear the filters to see all.</Empty> : <Empty title={`No ${kind.many} are known yet`} command="howdah knowledge scan .">Scan a repository, import a knowledge base, or add the first here.</Empty>} />
      )}
    </Page>
  )
}

function Field({ value, isState }: { value: unknown; isState?: boolean }) {
  if (value == null || value === '') return <Text size="sm" c="dimmed">–</Text>
  return isState ? <State state={String(value)} /> : <Text size="sm" truncate="end" title={String(value)}>{String(value)}</Text>
}

function Choice({ label, data, value, onChange }: { label: string; data: string[]; value?: string; onChange: (value?: string) => void }) {
  return <Select size="xs" aria-label={label} placeholder={`Any ${label.toLowerCase()}`} clearable clearButtonProps={{ 'aria-label': 'Clear' }} w={160} data={data.map((each) => ({ value: each, label: words(each) }))} value={value ?? null} onChange={(next) => onChange(next ?? undefined)} />
}

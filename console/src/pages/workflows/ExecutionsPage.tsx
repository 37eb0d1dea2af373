import { Button, Group, Progress, Select, Text, MultiSelect, Tooltip } from '@mantine/core'
import { IconBan, IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration } from '../../components/format'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { view, workflowsQuery, type ExecutionLine, type Paged } from './api'
import { AnchorLink } from '../../components/links'
import { executionsRoute } from './routes'
import { WorkflowTabs } from './WorkflowTabs'

const STATUSES = ['pending', 'running', 'paused', 'completed', 'failed', 'cancelled']
const PAGE = 100

const COLUMNS: Column<ExecutionLine>[] = [
  { key: 'workflow', header: 'Execution', width: 'minmax(130px, 2fr)', cell: (line) => <AnchorLink to="/workflows/executions/$id" params={{ id: line.execution_id }} inherit fw={600}>{line.workflow_id}</AnchorLink> },
  { key: 'id', header: 'Id', from: 820, width: '130px', cell: (line) => <Text span inherit ff="monospace" fz={12} title={line.execution_id}>…{line.execution_id.slice(-12)}</Text> },
  { key: 'status', header: 'Status', width: '112px', cell: (line) => <State state={line.status} /> },
  { key: 'progress', header: 'Nodes', from: 560, width: '120px', cell: (line) => <Nodes line={line} /> },
  { key: 'error', header: 'Error', from: 980, width: 'minmax(120px, 2fr)', cell: (line) => (line.error ? <Text span inherit title={line.error}>{line.error_node_id ? `${line.error_node_id}: ` : ''}{line.error}</Text> : <Text span inherit c="dimmed">–</Text>) },
  { key: 'started', header: 'Started', from: 420, width: '110px', cell: (line) => <Time at={line.started_at ?? line.created_at} /> },
  { key: 'duration', header: 'Took', from: 700, width: '84px', align: 'right', cell: (line) => (line.started_at && line.completed_at ? duration(Date.parse(line.completed_at) - Date.parse(line.started_at)) : '–') },
]

/** `total` is 0 for programs, whose steps nobody knows before. */
function Nodes({ line }: { line: ExecutionLine }) {
  if (line.total_nodes === 0) return <Text span inherit c="dimmed">program</Text>
  return (
    <Tooltip label={`${line.completed_nodes} completed, ${line.skipped_nodes} skipped, ${line.failed_nodes} failed, of ${line.total_nodes}`}>
      <Group gap={8} wrap="nowrap">
        <Progress value={line.progress_percent} size="sm" color={line.failed_nodes ? 'red' : undefined} style={{ flex: 1 }} aria-label={`${line.completed_nodes} of ${line.total_nodes} nodes completed`} />
        <Text span fz={12} style={{ fontVariantNumeric: 'tabular-nums' }}>{line.completed_nodes}/{line.total_nodes}</Text>
      </Group>
    </Tooltip>
  )
}

export function ExecutionsPage() {
  const search = executionsRoute.useSearch()
  const navigate = useNavigate()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const workflows = useQuery(workflowsQuery)
  const executions = useInfiniteQuery({
    queryKey: ['executions', 'list', search],
    queryFn: ({ pageParam }) => view<Paged<ExecutionLine>>(api.GET('/api/executions', { params: { query: { ...search, status: search.status ?? '', limit: PAGE, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  })
  const rows = executions.data?.pages.flatMap((page) => page.items) ?? []
  const marked = rows.filter((row) => selected.has(row.execution_id))
  const set = (change: Partial<typeof search>) => {
    setSelected(new Set())
    void navigate({ to: '/workflows/executions', search: { ...search, ...change }, replace: true })
  }
  const ids = [...new Set([...(workflows.data ?? []).map((line) => line.workflow_id), ...(search.workflow ? [search.workflow] : [])])]
  const isFiltered = Object.values(search).some(Boolean)
  return (
    <Page title="Executions" about="Every run of a workflow, the newest first.">
      <WorkflowTabs />
      <Group gap="xs" align="flex-end">
        <MultiSelect label="Status" placeholder={search.status ? undefined : 'All'} data={STATUSES} value={search.status?.split(',') ?? []} onChange={(next) => set({ status: next.join(',') || undefined })} clearable style={{ flex: '1 1 180px', maxWidth: 360 }} clearButtonProps={{ 'aria-label': 'Clear status' }} />
        <Select label="Workflow" placeholder="All" data={ids} value={search.workflow ?? null} onChange={(next) => set({ workflow: next ?? undefined })} searchable clearable style={{ flex: '1 1 180px', maxWidth: 300 }} clearButtonProps={{ 'aria-label': 'Clear workflow' }} />
        {search.schedule && <Button variant="default" onClick={() => set({ schedule: undefined })}>Schedule {search.schedule} ×</Button>}
        {search.parent && <Button variant="default" onClick={() => set({ parent: undefined })}>Started by …{search.parent.slice(-6)} ×</Button>}
      </Group>
      <BulkActions marked={marked} filter={{ status: search.status, workflow: search.workflow, schedule: search.schedule }} isParentFiltered={!!search.parent} onDone={() => setSelected(new Set())} />
      {executions.isError && <Problem error={executions.error} onRetry={() => void executions.refetch()} />}
      {executions.data ? (
        <DataTable label="Executions" columns={COLUMNS} rows={rows} rowKey={(line) => line.execution_id} onOpen={(line) => void navigate({ to: '/workflows/executions/$id', params: { id: line.execution_id } })}
          selected={selected} onSelect={setSelected} onMore={executions.hasNextPage ? () => void executions.fetchNextPage() : undefined} isLoadingMore={executions.isFetchingNextPage}
          empty={isFiltered ? <Empty title="No execution matches"><Button variant="default" size="compact-sm" onClick={() => void navigate({ to: '/workflows/executions' })}>Show all</Button></Empty> : <Empty title="Nothing has been run yet" command="./howdah workflow run dog-marketplace" />} />
      ) : !executions.isError && <Loading />}
    </Page>
  )
}

interface BulkFilter {
  status: string | undefined
  workflow: string | undefined
  schedule: string | undefined
}

const BULK = [
  { action: 'retry', label: 'Retry', icon: IconRefresh, possible: ['failed', 'cancelled'], undo: 'They can be cancelled again; steps that run a second time have the idempotency key of the first.', isDangerous: false },
  { action: 'pause', label: 'Pause', icon: IconPlayerPause, possible: ['running'], undo: 'Undone by resuming them. What runs comes to its end.', isDangerous: false },
  { action: 'resume', label: 'Resume', icon: IconPlayerPlay, possible: ['paused'], undo: 'Undone by pausing them.', isDangerous: false },
  { action: 'cancel', label: 'Cancel', icon: IconBan, possible: ['pending', 'running', 'paused'], undo: 'Retrying them goes on from where they were stopped; running handlers are interrupted.', isDangerous: true },
] as const

type BulkKind = (typeof BULK)[number]

/** Acts on the marked rows, or on everything that matches the filter: then the server counts first and does the work. */
function BulkActions({ marked, filter, isParentFiltered, onDone }: { marked: readonly ExecutionLine[]; filter: BulkFilter; isParentFiltered: boolean; onDone: () => void }) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">{marked.length ? `${count(marked.length)} marked` : 'All that match'}:</Text>
      {BULK.map((kind) => (marked.length ? <MarkedAction key={kind.action} kind={kind} marked={marked} onDone={onDone} /> : <MatchingAction key={kind.action} kind={kind} filter={filter} isParentFiltered={isParentFiltered} />))}
    </Group>
  )
}

function MarkedAction({ kind, marked, onDone }: { kind: BulkKind; marked: readonly ExecutionLine[]; onDone: () => void }) {
  const able = marked.filter((line) => (kind.possible as readonly string[]).includes(line.status))
  const run = async () => {
    for (const line of able) await api.POST(`/api/executions/{id}/${kind.action}`, { params: { path: { id: line.execution_id } } })
    return able.length
  }
  return (
    <Action label={kind.label} icon={<kind.icon size={15} />} size="xs" isDangerous={kind.isDangerous} blocked={able.length ? undefined : `None of them is ${kind.possible.join(' or ')}`}
      about={`${kind.label}: ${count(able.length)} of ${count(marked.length)} marked executions, those that are ${kind.possible.join(' or ')}.`} undo={kind.undo} run={run} done={(done) => `${kind.label}: ${count(done)} executions`} onDone={onDone} />
  )
}

interface BulkAnswer {
  count: number
  skipped: number
}

const LIMIT = 10_000

function MatchingAction({ kind, filter, isParentFiltered }: { kind: BulkKind; filter: BulkFilter; isParentFiltered: boolean }) {
  const [limit, setLimit] = useState<number>()
  const bulk = (dryRun: boolean) => view<BulkAnswer>(api.POST('/api/executions/bulk', { body: { action: kind.action, filter, limit: LIMIT, dry_run: dryRun } as never }))
  return (
    <Action label={kind.label} icon={<kind.icon size={15} />} size="xs" isDangerous={kind.isDangerous} blocked={isParentFiltered ? 'Mark executions first: the server cannot filter these by who started them' : undefined}
      about={() => <Counted kind={kind} filter={filter} count={() => bulk(true)} onCount={setLimit} />} undo={kind.undo} confirmLabel={limit === undefined ? kind.label : `${kind.label} ${count(limit)}`}
      run={() => bulk(false)} done={(answer) => `${kind.label}: ${count(answer.count)} executions${answer.skipped ? `, ${count(answer.skipped)} had come to another end meanwhile` : ''}`} />
  )
}

function Counted({ kind, filter, count: ask, onCount }: { kind: BulkKind; filter: BulkFilter; count: () => Promise<BulkAnswer>; onCount: (count: number) => void }) {
  const counted = useQuery({
    queryKey: ['executions-counted', kind.action, filter],
    queryFn: async () => {
      const answer = await ask()
      onCount(answer.count)
      return answer.count
    },
    staleTime: 0, gcTime: 0,
  })
  if (counted.isError) return <Problem error={counted.error} />
  const which = [filter.workflow && `of ${filter.workflow}`, filter.status && `that are ${filter.status.replaceAll(',', ' or ')}`, filter.schedule && `by schedule ${filter.schedule}`].filter(Boolean).join(', ')
  return <>{counted.data === undefined ? 'Counting …' : `${kind.label}: ${count(counted.data)}${counted.data === LIMIT ? ' or more; the newest 10,000' : ''} executions ${which}${which ? '; ' : ''}only those that are ${kind.possible.join(' or ')}.`}</>
}

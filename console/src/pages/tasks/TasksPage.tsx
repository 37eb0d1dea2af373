import { Autocomplete, Box, Button, Group, Tabs, Text } from '@mantine/core'
import { IconFilterOff, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration, short } from '../../components/format'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { useCommands } from '../../shell/shortcuts'
import { listQueues } from '../queues/api'
import { getStatistics, type Task } from './api'
import { BulkActions } from './BulkActions'
import { EnqueueAction } from './EnqueueAction'
import { completions, parseSearch, queryOf, STATES } from './grammar'
import { tasksRoute } from './routes'
import { summary } from './summary'
import { LIVE_MAX, useTaskList } from './useTaskList'

/** From so many on, the server estimates. */
const EXACT_MAX = 100_000

/** Every task, newest first. */
export function TasksPage() {
  const { q = '', state } = tasksRoute.useSearch()
  const navigate = useNavigate()
  const search = useMemo(() => parseSearch(q), [q])
  const filter = useMemo(() => queryOf(search, state), [search, state])
  const list = useTaskList(filter)
  const statistics = useQuery({ queryKey: ['tasks', 'statistics'], queryFn: getStatistics })
  const queues = useQuery({ queryKey: [['tasks', 'queues'], 'list'], queryFn: listQueues })
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => setMarked(new Set()), [q, state])
  const input = useRef<HTMLInputElement>(null)
  useCommands([{ id: 'tasks-search', label: 'Search tasks', group: 'Tasks', keys: 'f', run: () => input.current?.focus() }], [])
  const go = (next: { q?: string; state?: string }) => void navigate({ to: '/tasks', search: { q: next.q || undefined, state: next.state } })
  const tab = search.state ?? state ?? 'all'
  const counts = statistics.data?.by_state
  const all = counts && Object.values(counts).reduce((sum, each) => sum + Number(each), 0)

  return (
    <Page title="Tasks" about={statistics.data ? standing(statistics.data.oldest_wait_ms, statistics.data.finished_last_minute) : 'Every task, newest first'} actions={<EnqueueAction types={Object.keys(statistics.data?.by_type ?? {})} />}>
      <Tabs value={tab} onChange={(value) => value && go({ q: search.state ? q.replace(/\s*state:\S*/g, '').trim() : q, state: value === 'all' ? undefined : value })} keepMounted={false}>
        <Box style={{ overflowX: 'auto' }}>
          <Tabs.List style={{ flexWrap: 'nowrap', minWidth: 'max-content' }} aria-label="States">
            {['all', ...STATES].map((each) => (
              <Tabs.Tab key={each} value={each} aria-controls="tasks-panel" px="sm">
                {each} <Text span size="xs" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>{approximately(each === 'all' ? all : counts?.[each])}</Text>
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Box>
      </Tabs>
      <Box id="tasks-panel" role="tabpanel" aria-label={`Tasks: ${tab}`} style={{ display: 'grid', gap: 'var(--mantine-spacing-sm)', minWidth: 0 }}>
        <SearchBox key={q} q={q} problem={search.problem} inputRef={input} types={Object.keys(statistics.data?.by_type ?? {})} queues={queues.data?.items.map((each) => each.name).filter((each) => each !== '*') ?? []} onSearch={(next) => go({ q: next, state })} />
        <BulkActions marked={marked} filter={filter} isSearch={list.isSearch} onDone={() => setMarked(new Set())} onUnmark={() => setMarked(new Set())} />
        {list.isSearch && list.head.data && (
          <Group gap="xs" role="status">
            <Text size="sm" c="dimmed">Looked into {count(list.lookedAt)} of the newest tasks{list.next ? ', older ones are not looked at yet' : ', which are all'}. What comes in later is not added by itself.</Text>
            {list.next && <Button size="compact-xs" variant="default" loading={list.isLoadingMore} onClick={list.more}>Look at older ones</Button>}
            <Button size="compact-xs" variant="default" onClick={() => void list.head.refetch()}>Search again</Button>
          </Group>
        )}
        {list.head.isError && <Problem error={list.head.error} onRetry={list.retry} />}
        {list.failure !== undefined && <Problem error={list.failure} onRetry={list.retry} />}
        {list.head.data || list.rows.length > 0
          ? <DataTable label="Tasks" columns={COLUMNS} rows={list.rows} rowKey={(task) => task.id} selected={marked} onSelect={setMarked} onOpen={(task) => void navigate({ to: '/tasks/$id', params: { id: task.id } })} onMore={list.isSearch ? undefined : list.more} isLoadingMore={list.isLoadingMore}
            empty={<NoTasks isFiltered={tab !== 'all' || !!q} isSearch={list.isSearch && !!list.next} onClear={() => go({})} />} />
          : !list.head.isError && <Loading lines={8} />}
        {list.rows.length > LIVE_MAX && <Text size="xs" c="dimmed">The newest {LIVE_MAX} are kept up to date; those behind them are as they were when they were loaded.</Text>}
      </Box>
    </Page>
  )
}

function standing(oldestWaitMs: number | null | undefined, finished: number) {
  const wait = oldestWaitMs == null ? 'Nothing that may run is waiting' : `The oldest task that may run has waited for ${duration(oldestWaitMs)}`
  return `${wait}; ${count(finished)} finished in the last minute.`
}

function approximately(value: number | undefined) {
  return value === undefined ? '' : value >= EXACT_MAX ? `≈ ${short(value)}` : count(value)
}

const COLUMNS: Column<Task>[] = [
  { key: 'state', header: 'State', width: '96px', cell: (task) => <State state={task.state} /> },
  { key: 'type', header: 'Type', width: 'minmax(68px, 1.1fr)', cell: (task) => <Text span size="sm" fw={550} title={task.type}>{task.type}</Text> },
  { key: 'summary', header: 'What', width: 'minmax(140px, 2fr)', from: 720, cell: (task) => <Text span size="xs" c={task.state === 'failed' ? undefined : 'dimmed'} title={summary(task)} ff={task.error && task.state !== 'finished' ? undefined : 'monospace'}>{summary(task)}</Text> },
  { key: 'queue', header: 'Queue', width: 'minmax(80px, 0.6fr)', from: 600, cell: (task) => <>{task.queue}{task.partition && <Text span c="dimmed" size="xs"> / {task.partition}</Text>}</> },
  { key: 'attempt', header: 'Attempt', width: '64px', align: 'right', from: 860, cell: (task) => (task.attempt === 0 ? '–' : `${task.attempt}`) },
  { key: 'ran', header: 'Ran', width: '84px', align: 'right', from: 860, cell: (task) => (task.started_at && task.ended_at ? duration(Date.parse(task.ended_at) - Date.parse(task.started_at)) : '–') },
  { key: 'created', header: 'Created', width: '86px', align: 'right', cell: (task) => <Time at={task.created_at} /> },
]

function NoTasks({ isFiltered, isSearch, onClear }: { isFiltered: boolean; isSearch: boolean; onClear: () => void }) {
  if (!isFiltered) return <Empty title="There are no tasks yet" command="howdah tasks enqueue greet --payload '{&quot;name&quot;: &quot;Ada&quot;}'">Enqueue one above, by the API, or in a shell:</Empty>
  return (
    <Empty title={isSearch ? 'Not among the newest tasks' : 'No task is like that'}>
      {isSearch ? 'Look at older ones above.' : <Button variant="default" size="compact-sm" leftSection={<IconFilterOff size={14} />} onClick={onClear}>Show all tasks</Button>}
    </Empty>
  )
}

function SearchBox({ q, problem, types, queues, inputRef, onSearch }: { q: string; problem?: string; types: string[]; queues: string[]; inputRef: React.Ref<HTMLInputElement>; onSearch: (q: string) => void }) {
  const [text, setText] = useState(q)
  return (
    <form role="search" onSubmit={(event) => {
      event.preventDefault()
      onSearch(text.trim())
    }}>
      <Autocomplete ref={inputRef} aria-label="Search tasks" placeholder="type:resize queue:mail customer.id=7 or any text" leftSection={<IconSearch size={15} />} value={text} onChange={setText} error={problem}
        description="type: queue: partition: state: restrict; field=value is looked for in the payload; other words anywhere in the task. Enter searches."
        inputWrapperOrder={['label', 'input', 'description', 'error']} data={completions(text, { types, queues })} filter={({ options }) => options} selectFirstOptionOnChange={false} clearable clearButtonProps={{ 'aria-label': 'Clear the search' }} onClear={() => onSearch('')}
        rightSectionWidth={text ? undefined : 0} />
    </form>
  )
}

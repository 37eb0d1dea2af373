import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { IconBolt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { sent } from '../../api/sent'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration, percent, short } from '../../components/format'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { LIMIT, useReread, type Page, type SlowQuery, type SlowSum, type StatementLine } from './api'
import { Bar } from './Bar'
import { DatabaseArea } from './DatabaseArea'
import classes from './database.module.css'
import { StatementDrawer } from './StatementDrawer'
import { since, WINDOW_DEFAULT, type Window } from './windows'

const FROM = '/database/statements'

function useLook() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  return { search, look: (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }) }
}

/** What was slow, in a window of time, and what PostgreSQL has counted of all statements. */
export function StatementsPage() {
  const { search, look } = useLook()
  const view = search.view ?? 'sums'
  return (
    <DatabaseArea about="Statements without their values. Slow ones are those of the server that answers here.">
      <Group gap="sm" align="flex-end">
        <SegmentedControl size="xs" aria-label="What to show" value={view} onChange={(next) => look({ view: next === 'sums' ? undefined : (next as 'runs' | 'all'), id: undefined })}
          data={[{ value: 'sums', label: 'Slow, by statement' }, { value: 'runs', label: 'Slow runs' }, { value: 'all', label: 'All statements' }]} />
        {view !== 'all' && (
          <SegmentedControl size="xs" aria-label="Window" value={search.window ?? WINDOW_DEFAULT} onChange={(next) => look({ window: next === WINDOW_DEFAULT ? undefined : (next as Exclude<Window, '1h'>) })}
            data={[{ value: '15m', label: '15 min' }, { value: '1h', label: '1 h' }, { value: '6h', label: '6 h' }, { value: '24h', label: '24 h' }]} />
        )}
        {view === 'runs' && <Select size="xs" w={180} aria-label="Severity" placeholder="Any severity" clearable value={search.severity ?? null} onChange={(next) => look({ severity: (next as 'fatal' | null) ?? undefined })} data={['warning', 'critical', 'fatal']} />}
      </Group>
      {view === 'sums' ? <Sums /> : view === 'runs' ? <Runs /> : <All />}
    </DatabaseArea>
  )
}

const SHARES: Column<SlowSum & { part: number }>[] = [
  { key: 'query', header: 'Statement', width: 'minmax(120px, 3fr)', cell: (row) => <span className={classes.mono} title={row.query.slice(0, 500)}>{row.query}</span> },
  { key: 'total', header: 'Time in all', width: 'minmax(110px, 1fr)', align: 'right', cell: (row) => <Bar part={row.part} text={duration(row.total_ms)} /> },
  { key: 'count', header: 'Slow runs', width: '84px', align: 'right', from: 480, cell: (row) => count(row.count) },
  { key: 'average', header: 'Average', width: '84px', align: 'right', from: 560, cell: (row) => duration(row.average_ms) },
  { key: 'max', header: 'Slowest', width: '84px', align: 'right', from: 640, cell: (row) => duration(row.max_ms) },
  { key: 'table', header: 'Table', width: '150px', from: 900, cell: (row) => row.table ?? '–' },
  { key: 'last', header: 'Last', width: '110px', from: 800, cell: (row) => <Time at={row.last_at} /> },
]

const NOTHING_SLOW = <Empty title="Nothing was slow" icon={<IconBolt size={24} />} command="./howdah slow-queries list">Statements that take longer than howdah.database.slow-query (100 ms) are listed here. A longer window may have some.</Empty>

function Sums() {
  const { search, look } = useLook()
  const window = search.window ?? WINDOW_DEFAULT
  const sums = useReread(`slow-sums ${window}`, async () => (await sent<Page<SlowSum>>(body(api.GET('/api/database/slow-queries/statistics', { params: { query: { since: since(window) } } })))).items)
  return (
    <QueryState query={sums}>
      {(items) => {
        const max = Math.max(1, ...items.map((each) => each.total_ms))
        const open = items.find((each) => each.id === search.id)
        return (
          <>
            <DataTable label="Slow statements" columns={SHARES} rows={items.map((each) => ({ ...each, part: each.total_ms / max }))} rowKey={(row) => row.id} current={search.id} onOpen={(row) => look({ id: row.id })} empty={NOTHING_SLOW} />
            <StatementDrawer isOpen={search.id !== undefined} onClose={() => look({ id: undefined })} query={open?.query}
              facts={open && [['Slow runs', count(open.count)], ['Time in all', duration(open.total_ms)], ['Average', duration(open.average_ms)], ['Slowest', duration(open.max_ms)], ['Last', <Time key="last" at={open.last_at} />], ['What it does', open.type], ['Table', open.table ?? '–']]} />
          </>
        )
      }}
    </QueryState>
  )
}

const RUNS: Column<SlowQuery>[] = [
  { key: 'at', header: 'When', width: '110px', cell: (row) => <Time at={row.executed_at} /> },
  { key: 'severity', header: 'Severity', width: '96px', cell: (row) => <State state={row.severity} tone={row.severity === 'warning' ? 'warn' : 'bad'} /> },
  { key: 'took', header: 'Took', width: '84px', align: 'right', cell: (row) => duration(row.duration_ms) },
  { key: 'query', header: 'Statement', width: 'minmax(120px, 3fr)', from: 420, cell: (row) => <span className={classes.mono} title={row.query.slice(0, 500)}>{row.query}</span> },
  { key: 'rows', header: 'Rows', width: '72px', align: 'right', from: 760, cell: (row) => count(row.row_count) },
  { key: 'caller', header: 'Where from', width: 'minmax(120px, 1fr)', from: 860, cell: (row) => <span title={row.caller ?? undefined}>{row.caller ?? '–'}</span> },
]

/** One statement may have run twice in the same moment. */
const runKey = (row: SlowQuery) => `${row.id} ${row.executed_at} ${row.duration_ms}`

function Runs() {
  const { search, look } = useLook()
  const window = search.window ?? WINDOW_DEFAULT
  const runs = useReread(`slow-runs ${window} ${search.severity ?? ''}`, async () => (await sent<Page<SlowQuery>>(body(api.GET('/api/database/slow-queries', { params: { query: { since: since(window), severity: search.severity, limit: LIMIT } } })))).items)
  return (
    <QueryState query={runs}>
      {(items) => {
        const open = items.find((each) => runKey(each) === search.id)
        return (
          <>
            <DataTable label="Slow runs" columns={RUNS} rows={items} rowKey={runKey} current={search.id} onOpen={(row) => look({ id: runKey(row) })} empty={NOTHING_SLOW} />
            <StatementDrawer isOpen={search.id !== undefined} onClose={() => look({ id: undefined })} query={open?.query}
              facts={open && [['Took', duration(open.duration_ms)], ['Severity', open.severity], ['When', <Time key="at" at={open.executed_at} />], ['Rows', count(open.row_count)], ['Where from', open.caller ?? '–'], ['What it does', open.type], ['Table', open.table ?? '–']]} />
          </>
        )
      }}
    </QueryState>
  )
}

const LINES: Column<StatementLine & { part: number }>[] = [
  { key: 'query', header: 'Statement', width: 'minmax(120px, 3fr)', cell: (row) => <span className={classes.mono} title={row.query.slice(0, 500)}>{row.query}</span> },
  { key: 'total', header: 'Time in all', width: 'minmax(110px, 1fr)', align: 'right', cell: (row) => <Bar part={row.part} text={duration(row.total_ms)} /> },
  { key: 'calls', header: 'Calls', width: '84px', align: 'right', from: 480, cell: (row) => short(row.calls) },
  { key: 'mean', header: 'Mean', width: '84px', align: 'right', from: 560, cell: (row) => duration(row.mean_ms) },
  { key: 'max', header: 'Slowest', width: '84px', align: 'right', from: 640, cell: (row) => duration(row.max_ms) },
  { key: 'rows', header: 'Rows', width: '84px', align: 'right', from: 760, cell: (row) => short(row.rows) },
  { key: 'cache', header: 'From memory', width: '100px', align: 'right', from: 860, cell: (row) => percent(row.cache_hit_ratio, 1) },
]

function All() {
  const { search, look } = useLook()
  const statements = useQuery({ queryKey: ['database', 'statements'], queryFn: () => body(api.GET('/api/database/statements', { params: { query: { limit: 200 } } })) })
  return (
    <QueryState query={statements}>
      {({ available, remedy, items }) => {
        if (!available) return <Empty title="PostgreSQL does not count statements yet" icon={<IconBolt size={24} />}>{remedy}</Empty>
        const max = Math.max(1, ...items.map((each) => each.total_ms))
        const open = items.find((each) => each.id === search.id)
        return (
          <Stack gap="xs">
            <Text size="xs" c="dimmed">Of all processes since PostgreSQL began to count, by pg_stat_statements; the most costly first.</Text>
            <DataTable label="All statements" columns={LINES} rows={items.map((each) => ({ ...each, part: each.total_ms / max }))} rowKey={(row) => row.id} current={search.id} onOpen={(row) => look({ id: row.id })} empty={<Empty title="Nothing was counted yet" />} />
            <StatementDrawer isOpen={search.id !== undefined} onClose={() => look({ id: undefined })} query={open?.query}
              facts={open && [['Calls', count(open.calls)], ['Time in all', duration(open.total_ms)], ['Mean', duration(open.mean_ms)], ['Slowest', duration(open.max_ms)], ['Rows', count(open.rows)], ['Read from memory', percent(open.cache_hit_ratio, 1)], ['What it does', open.type], ['Table', open.table ?? '–']]} />
          </Stack>
        )
      }}
    </QueryState>
  )
}

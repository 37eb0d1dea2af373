import { Alert, Checkbox, Drawer, Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconBulb, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { sent } from '../../api/sent'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, percent, short } from '../../components/format'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { deadShare, indexAdvice, tableAdvice, type Advice } from './advice'
import { LIMIT, type IndexUse, type Page, type TableSize } from './api'
import { Bar } from './Bar'
import { DatabaseArea } from './DatabaseArea'
import { Facts } from '../../components/Facts'
import { AnchorLink } from '../../components/links'
import { SqlText } from './SqlText'

const FROM = '/database/sizes'

type Advised<T> = T & { advice?: Advice; part: number }

/** What takes space, and what could be done about it. */
export function SizesPage() {
  const { view, advised } = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  return (
    <DatabaseArea about={<>Tables and indexes of Howdah’s schema, the largest first. Rows are estimates. The <AnchorLink to="/database/doctor" search={{ area: 'vacuum' }} inherit>doctor</AnchorLink> looks closer.</>}>
      <Group gap="md">
        <SegmentedControl size="xs" aria-label="What to show" value={view ?? 'tables'} onChange={(next) => void navigate({ search: (before) => ({ ...before, view: next === 'indexes' ? 'indexes' : undefined, name: undefined }), replace: true })}
          data={[{ value: 'tables', label: 'Tables' }, { value: 'indexes', label: 'Indexes' }]} />
        <Checkbox size="xs" label="Only with advice" checked={advised ?? false} onChange={(event) => void navigate({ search: (before) => ({ ...before, advised: event.currentTarget.checked || undefined }), replace: true })} />
      </Group>
      {view === 'indexes' ? <Indexes /> : <Tables />}
    </DatabaseArea>
  )
}

function useOpen() {
  const { name, advised } = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  return { name, advised, open: (next: string | undefined) => void navigate({ search: (before) => ({ ...before, name: next }), replace: true }) }
}

const mark = (advice: Advice | undefined) => advice && <State state={advice.mark} tone="warn" title={advice.reason} />

const TABLES: Column<Advised<TableSize>>[] = [
  { key: 'name', header: 'Table', width: 'minmax(130px, 1.6fr)', cell: (row) => <Text span fw={550} inherit title={row.parent ? `a partition of ${row.parent}` : undefined}>{row.name}</Text> },
  { key: 'total', header: 'In all', width: 'minmax(110px, 1fr)', align: 'right', cell: (row) => <Bar part={row.part} text={bytes(row.total_bytes)} /> },
  { key: 'table', header: 'Rows’ space', width: '92px', align: 'right', from: 720, cell: (row) => bytes(row.table_bytes) },
  { key: 'index', header: 'Indexes', width: '84px', align: 'right', from: 640, cell: (row) => bytes(row.index_bytes) },
  { key: 'toast', header: 'Long values', width: '92px', align: 'right', from: 860, cell: (row) => bytes(row.toast_bytes) },
  { key: 'live', header: 'Rows', width: '80px', align: 'right', from: 520, cell: (row) => short(row.live_rows) },
  { key: 'dead', header: 'Dead', width: '110px', align: 'right', from: 720, cell: (row) => (row.dead_rows ? `${short(row.dead_rows)} · ${percent(deadShare(row))}` : '–') },
  { key: 'vacuumed', header: 'Vacuumed', width: '110px', from: 980, cell: (row) => <Time at={row.vacuumed_at} none="never" /> },
  { key: 'advice', header: 'Advice', width: '92px', cell: (row) => mark(row.advice) },
]

function Tables() {
  const { name, advised, open } = useOpen()
  const sizes = useQuery({ queryKey: ['database', 'sizes'], queryFn: async () => (await sent<Page<TableSize>>(body(api.GET('/api/database/sizes', { params: { query: { limit: LIMIT } } })))).items })
  return (
    <QueryState query={sizes}>
      {(items) => {
        const max = Math.max(1, ...items.map((each) => each.total_bytes))
        const rows = items.map((each) => ({ ...each, advice: tableAdvice(each), part: each.total_bytes / max }))
        const sum = (of: (row: TableSize) => number) => items.reduce((total, each) => total + of(each), 0)
        const current = rows.find((each) => each.name === name)
        return (
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
              <Tile label="In all" value={bytes(sum((each) => each.total_bytes))} about={`${count(items.length)} tables and partitions`} />
              <Tile label="Indexes" value={bytes(sum((each) => each.index_bytes))} />
              <Tile label="Dead rows" value={short(sum((each) => each.dead_rows))} about="wait to be removed" />
              <Tile label="With advice" value={count(rows.filter((each) => each.advice).length)} tone={rows.some((each) => each.advice) ? 'warn' : 'good'} />
            </SimpleGrid>
            <DataTable label="Tables" columns={TABLES} rows={advised ? rows.filter((each) => each.advice) : rows} rowKey={(row) => row.name} current={name} onOpen={(row) => open(row.name)}
              empty={<Empty title={advised ? 'No table needs anything' : 'There are no tables'} icon={<IconTable size={24} />} command={advised ? './howdah doctor --only vacuum' : './howdah migrate up'} />} />
            <Drawer opened={name !== undefined} onClose={() => open(undefined)} position="right" size="md" title={name} closeButtonProps={{ 'aria-label': 'Close' }}>
              {current ? (
                <Stack gap="md">
                  <AdviceBox advice={current.advice} />
                  <Facts isLines facts={[
                    ['In all', bytes(current.total_bytes)], ['Rows’ space', bytes(current.table_bytes)], ['Indexes', bytes(current.index_bytes)], ['Long values', bytes(current.toast_bytes)],
                    ['Rows', `about ${count(current.live_rows)}`], ['Dead rows', `about ${count(current.dead_rows)}, ${percent(deadShare(current))}`],
                    ['Vacuumed', <Time key="vacuumed" at={current.vacuumed_at} none="never" />], ['Analyzed', <Time key="analyzed" at={current.analyzed_at} none="never" />],
                    ...(current.parent ? [['Partition of', current.parent] as [string, string]] : []),
                  ]} />
                </Stack>
              ) : <Text size="sm">There is no such table any more.</Text>}
            </Drawer>
          </Stack>
        )
      }}
    </QueryState>
  )
}

const INDEXES: Column<Advised<IndexUse>>[] = [
  { key: 'name', header: 'Index', width: 'minmax(130px, 1.6fr)', cell: (row) => <Text span fw={550} inherit title={row.definition}>{row.name}</Text> },
  { key: 'table', header: 'Table', width: 'minmax(110px, 1fr)', from: 640, cell: (row) => row.table },
  { key: 'bytes', header: 'Size', width: 'minmax(110px, 1fr)', align: 'right', cell: (row) => <Bar part={row.part} text={bytes(row.bytes)} /> },
  { key: 'scans', header: 'Used', width: '90px', align: 'right', from: 480, cell: (row) => (row.scans ? short(row.scans) : 'never') },
  { key: 'read', header: 'Entries read', width: '100px', align: 'right', from: 760, cell: (row) => short(row.rows_read) },
  { key: 'unique', header: 'Guarantees', width: '90px', from: 860, cell: (row) => (row.unique ? 'unique' : '–') },
  { key: 'advice', header: 'Advice', width: '92px', cell: (row) => mark(row.advice) },
]

function Indexes() {
  const { name, advised, open } = useOpen()
  const indexes = useQuery({ queryKey: ['database', 'indexes'], queryFn: async () => (await sent<Page<IndexUse>>(body(api.GET('/api/database/indexes', { params: { query: { limit: LIMIT } } })))).items })
  return (
    <QueryState query={indexes}>
      {(items) => {
        const max = Math.max(1, ...items.map((each) => each.bytes))
        const rows = items.map((each) => ({ ...each, advice: indexAdvice(each), part: each.bytes / max }))
        const current = rows.find((each) => each.name === name)
        return (
          <>
            <DataTable label="Indexes" columns={INDEXES} rows={advised ? rows.filter((each) => each.advice) : rows} rowKey={(row) => row.name} current={name} onOpen={(row) => open(row.name)}
              empty={<Empty title={advised ? 'No index needs anything' : 'There are no indexes'} icon={<IconTable size={24} />} command="./howdah doctor --only indexes" />} />
            <Drawer opened={name !== undefined} onClose={() => open(undefined)} position="right" size="md" title={name} closeButtonProps={{ 'aria-label': 'Close' }}>
              {current ? (
                <Stack gap="md">
                  <AdviceBox advice={current.advice} />
                  <Facts isLines facts={[['Table', current.table], ['Size', bytes(current.bytes)], ['Used', current.scans ? `${count(current.scans)} times` : 'never since the server began to count'], ['Entries read', count(current.rows_read)], ['Guarantees', current.unique ? 'that keys are unique' : 'nothing']]} />
                  <SqlText text={current.definition} label="Definition" />
                </Stack>
              ) : <Text size="sm">There is no such index any more.</Text>}
            </Drawer>
          </>
        )
      }}
    </QueryState>
  )
}

function AdviceBox({ advice }: { advice?: Advice }) {
  if (!advice) return <Text size="sm" c="dimmed">Nothing stands out.</Text>
  return (
    <Alert color="yellow" icon={<IconBulb size={18} />} title={advice.reason}>
      <Stack gap="xs">
        {advice.needsLook && <Text size="sm">Look first: this drops something.</Text>}
        <SqlText text={advice.fix} label="Fix" />
      </Stack>
    </Alert>
  )
}

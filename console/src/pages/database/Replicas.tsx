import { SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, duration, percent } from '../../components/format'
import { Empty } from '../../components/QueryState'
import { State, type Tone } from '../../components/State'
import { Tile } from '../../components/Tile'
import type { Replica, Replicas as ReplicasSeen } from './api'

const TONES: Record<string, Tone> = { ready: 'good', primary: 'good', starting: 'idle', lagging: 'warn', left_behind: 'warn', promoted: 'bad', unreachable: 'bad' }

const COLUMNS: Column<Replica>[] = [
  { key: 'name', header: 'Replica', width: 'minmax(140px, 1.4fr)', cell: (row) => <Text span fw={600} inherit>{row.name}</Text> },
  { key: 'state', header: 'State', width: '120px', cell: (row) => <State state={row.state} tone={TONES[row.state]} title={row.problem || undefined} /> },
  { key: 'lag', header: 'Behind', width: '140px', align: 'right', cell: (row) => <>{duration(row.lag_ms)} · {bytes(row.lag_bytes)}</> },
  { key: 'latency', header: 'Answers in', width: '96px', align: 'right', from: 640, cell: (row) => duration(row.latency_ms) },
  { key: 'reads', header: 'Reads', width: '96px', align: 'right', from: 760, cell: (row) => count(row.reads) },
  { key: 'failures', header: 'Failed', width: '80px', align: 'right', from: 760, cell: (row) => count(row.failures) },
  { key: 'breaker', header: 'Breaker', width: '96px', from: 880, cell: (row) => row.breaker },
  { key: 'problem', header: 'Problem', width: 'minmax(120px, 2fr)', from: 560, cell: (row) => <span title={row.problem}>{row.problem || '–'}</span> },
]

/** Replicas with their lag, and where reads went. */
export function Replicas({ replicas: { items, decisions } }: { replicas: ReplicasSeen }) {
  if (items.length === 0) {
    return <Empty title="All reads go to the primary" icon={<IconCopy size={24} />} command="HOWDAH_DATABASE_REPLICAS=db2,db3:5433 ./howdah up">Name streaming standbys, and reads that may be a moment old go to them; whoever wrote still sees what they wrote.</Empty>
  }
  const reads = decisions.primary + decisions.replica + decisions.waited
  return (
    <Stack gap="sm">
      <DataTable label="Replicas" columns={COLUMNS} rows={items} rowKey={(row) => row.name} />
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Tile label="Reads by replicas" value={percent(decisions.replica_share)} about={`of ${count(reads)}`} />
        <Tile label="Waited for the replica" value={count(decisions.waited)} about={`${duration(decisions.wait_ms)} in all; 99 % within ${duration(decisions.wait_p99_ms)}`} />
        <Tile label="Answered by the primary instead" value={count(decisions.fallback + decisions.diverted)} about={`${count(decisions.fallback)} for lag, ${count(decisions.diverted)} because all were gone; ${count(decisions.repeated)} repeated`} />
        <Tile label="Refused" value={count(decisions.shed)} tone={decisions.shed > 0 ? 'bad' : undefined} about="so that writes went on" />
      </SimpleGrid>
    </Stack>
  )
}

import { Alert, Code, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAdjustments, IconCircleCheck } from '@tabler/icons-react'
import { Gauge } from '../../components/Chart'
import { count, duration, percent } from '../../components/format'
import { QueryState } from '../../components/QueryState'
import { Section } from '../../components/Page'
import { Tile } from '../../components/Tile'
import { REREAD_SECONDS, usePool, useReplicas, type Pool as PoolUse } from './api'
import { DatabaseArea } from './DatabaseArea'
import { isoMillis } from './iso'
import { Replicas } from './Replicas'

/** The connections of the server that answers, and the replicas as it sees them. */
export function ConnectionsPage() {
  const pool = usePool()
  const replicas = useReplicas()
  return (
    <DatabaseArea about={`Connections of the server that answers here, and its replicas. Read again every ${REREAD_SECONDS} s.`}>
      <QueryState query={pool}>{(data) => <Pool pool={data} />}</QueryState>
      <Section title="Replicas" about="Where reads may go beside the primary, and how far each is behind.">
        <QueryState query={replicas} skeleton={3}>{(data) => <Replicas replicas={data} />}</QueryState>
      </Section>
    </DatabaseArea>
  )
}

function Pool({ pool }: { pool: PoolUse }) {
  const { advice, acquire } = pool
  const fits = advice.verdict === 'fits'
  const seconds = (text: string) => duration(isoMillis(text))
  return (
    <Stack gap="md">
      <Alert color={fits ? 'teal' : 'yellow'} icon={fits ? <IconCircleCheck size={18} /> : <IconAdjustments size={18} />} title={VERDICTS[advice.verdict] ?? advice.verdict} data-testid="pool-advice">
        <Text size="sm">{advice.reason}</Text>
        {advice.remedy && <Text size="sm"><Text span fw={600} inherit>What to do: </Text>{advice.remedy}</Text>}
      </Alert>
      <Section title="Pool">
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <Paper withBorder p="sm" radius="md"><Gauge label="In use" value={pool.active} max={pool.max} /></Paper>
          <Paper withBorder p="sm" radius="md"><Gauge label="Open" value={pool.active + pool.idle} max={pool.max} /></Paper>
          <Paper withBorder p="sm" radius="md"><Gauge label="Most in use at once" value={pool.peak} max={pool.max} /></Paper>
        </SimpleGrid>
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
          <Tile label="Waiting now" value={count(pool.waiting)} tone={pool.waiting > 0 ? 'warn' : undefined} about="callers without a connection" />
          <Tile label="Wait for a connection" value={duration(acquire.median_ms)} about={`half of them; 99 %: ${duration(acquire.p99_ms)}, longest ${duration(acquire.longest_ms)}`} />
          <Tile label="Had to wait" value={percent(acquire.recent_waited_share, 1)} about={`lately; ${count(acquire.count)} were handed out`} />
          <Tile label="Got none in time" value={count(acquire.timeouts)} tone={acquire.timeouts > 0 ? 'bad' : undefined} about={`after ${seconds(pool.acquire_timeout)}`} />
        </SimpleGrid>
        <Group gap="lg">
          <Limit name="howdah.database.pool-max" value={count(pool.max)} />
          <Limit name="howdah.database.pool-min-idle" value={count(pool.min_idle)} />
          <Limit name="howdah.database.max-lifetime" value={seconds(pool.max_lifetime)} />
          <Limit name="howdah.database.idle-timeout" value={seconds(pool.idle_timeout)} />
        </Group>
      </Section>
    </Stack>
  )
}

const VERDICTS: Record<string, string> = {
  fits: 'The pool fits',
  too_small: 'The pool is too small',
  too_large: 'The pool is larger than it needs to be',
}

function Limit({ name, value }: { name: string; value: string }) {
  return <Text size="xs" c="dimmed"><Code fz="xs">{name}</Code> {value}</Text>
}

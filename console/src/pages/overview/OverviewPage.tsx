import { Anchor, Button, Group, Paper, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconStethoscope, IconUrgent } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { count, duration, short } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Loading } from '../../components/QueryState'
import { Tile } from '../../components/Tile'
import { Time, useNow } from '../../components/Time'
import { getMinutes, listQueues, listWorkers } from '../queues/api'
import { getStatistics, listTasks, type Percentiles } from '../tasks/api'
import { summary } from '../tasks/summary'
import { examine, getHealth, newestBackup, newestDrill, newestRun } from './api'
import { inOrder, needs, type Need } from './needs'
import { overviewRoute, type Range } from './routes'

const Flow = lazy(async () => ({ default: (await import('./Flow')).Flow }))
const Gauge = lazy(async () => ({ default: (await import('../../components/Chart')).Gauge }))

const RANGES: Record<Range, { minutes: number; words: string; span: string }> = { '1h': { minutes: 60, words: '1 h', span: 'hour' }, '24h': { minutes: 1440, words: '24 h', span: '24 hours' } }
const FAILED_SHOWN = 5

/** What needs me now, then how things flow. */
export function OverviewPage() {
  const { range = '1h' } = overviewRoute.useSearch()
  const navigate = useNavigate()
  const now = useNow()
  const { minutes, span } = RANGES[range]
  const health = useQuery({ queryKey: ['health'], queryFn: getHealth, retry: false })
  const statistics = useQuery({ queryKey: ['tasks', 'statistics'], queryFn: getStatistics })
  const flow = useQuery({ queryKey: ['tasks', 'minutes', minutes], queryFn: () => getMinutes(minutes), placeholderData: keepPreviousData })
  const failed = useQuery({ queryKey: ['tasks', 'failed'], queryFn: () => listTasks({ state: 'failed', limit: FAILED_SHOWN }) })
  const queues = useQuery({ queryKey: [['tasks', 'queues'], 'list'], queryFn: listQueues })
  const workers = useQuery({ queryKey: ['workers', 'list'], queryFn: listWorkers })
  const backups = useQuery({ queryKey: ['backups', 'newest'], queryFn: newestBackup })
  const run = useQuery({ queryKey: ['backups', 'newest-run'], queryFn: newestRun, enabled: !!backups.data?.target })
  const drill = useQuery({ queryKey: ['backups', 'newest-drill'], queryFn: newestDrill, enabled: !!backups.data?.target })
  const doctor = useQuery({ queryKey: ['doctor'], queryFn: examine, enabled: false, staleTime: Infinity })

  const sum = (pick: (each: { finished: number; failed: number; retried: number }) => number) => flow.data?.items.reduce((total, each) => total + pick(each), 0)
  const failures = sum((each) => each.failed)
  const finished = sum((each) => each.finished)
  const state = {
    health: health.data, healthError: health.isError ? health.error.message : undefined, queues: queues.data?.items, unserved: workers.data?.unserved, backups: backups.data, run: run.data?.items[0], drill: drill.data?.items[0], checks: doctor.data?.checks,
    failed: failures === undefined ? undefined : { of: failures, span },
  }
  const list = needs(state, now)
  const isKnown = (health.data || health.isError) && queues.data && flow.data
  const problem = [statistics, flow, failed, queues, workers, backups].find((each) => each.isError)
  return (
    <Page title="Overview" about="What needs you now" actions={
      <SegmentedControl size="xs" aria-label="Range" value={range} onChange={(value) => void navigate({ to: '/', search: { range: value === '24h' ? '24h' : undefined } })} data={(['1h', '24h'] as const).map((value) => ({ value, label: RANGES[value].words }))} />
    }>
      {problem && <Problem error={problem.error} onRetry={() => void problem.refetch()} />}
      <Section title={list.length === 0 ? 'Now' : `Now: ${count(list.length)} ${list.length === 1 ? 'thing needs' : 'things need'} you`} actions={
        <Button size="compact-sm" variant="default" leftSection={<IconStethoscope size={15} />} loading={doctor.isFetching} onClick={() => void doctor.refetch()}>{doctor.data ? 'Examine again' : 'Examine the database'}</Button>
      }>
        {doctor.isError && <Problem error={doctor.error} />}
        {!isKnown && list.length === 0 ? (problem ? null : <Loading lines={2} />) : list.length === 0 ? <AllWell text={inOrder(state)} examined={doctor.data?.checks.length} /> : <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>{list.map((each) => <NeedRow key={each.text} need={each} />)}</Stack>}
        {list.length > 0 && <Text size="xs" c="dimmed">{inOrder(state)}{doctor.data && ` The doctor made ${doctor.data.checks.length} checks.`}</Text>}
      </Section>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
        <Tile label={`Finished, ${RANGES[range].words}`} value={short(finished)} about={`${count(statistics.data?.finished_last_minute)} in the last minute`} />
        <Tile label={`Failed, ${RANGES[range].words}`} value={short(failures)} tone={failures ? 'bad' : undefined} about={`${short(sum((each) => each.retried))} retried`} />
        <Tile label="Queued" value={short(Number(statistics.data?.by_state.queued ?? 0))} about={statistics.data?.oldest_wait_ms == null ? 'none waits to run' : `oldest ${duration(statistics.data.oldest_wait_ms)}`} />
        <Tile label="Running" value={short(Number(statistics.data?.by_state.started ?? 0))} about={health.data ? `${count(health.data.worker.active)} of ${count(health.data.worker.capacity)} here` : ' '} />
        <PercentileTile label="Wait to start" times={statistics.data?.wait_ms} />
        <PercentileTile label="Run time" times={statistics.data?.run_ms} />
      </SimpleGrid>
      <Suspense fallback={<Loading lines={4} />}><Flow items={flow.data?.items} minutes={minutes} step={range === '24h' ? 15 : 1} /></Suspense>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="Failed last" actions={<Anchor component={Link} to="/tasks" search={{ state: 'failed' } as never} size="sm">All</Anchor>}>
          {failed.data && (failed.data.items.length === 0 ? <Text size="sm" c="dimmed">No task has failed.</Text> : (
            <Paper withBorder>
              {failed.data.items.map((task, i) => (
                <Group key={task.id} px="sm" py={7} gap="sm" wrap="nowrap" justify="space-between" style={i ? { borderTop: '1px solid var(--mantine-color-default-border)' } : undefined}>
                  <Stack gap={0} style={{ minWidth: 0 }}>
                    <Anchor component={Link} to={`/tasks/${task.id}` as never} size="sm" fw={550} truncate>{task.type}</Anchor>
                    <Text size="xs" truncate title={task.error ?? ''}>{summary(task)}</Text>
                  </Stack>
                  <Text size="xs" c="dimmed" component="span"><Time at={task.ended_at} /></Text>
                </Group>
              ))}
            </Paper>
          ))}
        </Section>
        <Section title="Connections" actions={<Anchor component={Link} to="/database" size="sm">Database</Anchor>}>
          {health.data && (
            <Paper withBorder p="sm">
              <Stack gap="sm">
                <Suspense fallback={null}><Gauge label="In use of this server's pool" value={health.data.pool.active} max={health.data.pool.max} /></Suspense>
                <Text size="xs" c="dimmed">{count(health.data.pool.idle)} idle, {count(health.data.pool.waiting)} waiting for one. {health.data.replicas.configured ? `${health.data.replicas.ready} of ${health.data.replicas.configured} replicas ready.` : 'No replicas are configured.'}</Text>
                <Text size="xs" c="dimmed" component="div">{backups.data?.target ? backups.data.items[0] ? <>Newest backup <Time at={backups.data.items[0].taken_at} />.</> : 'No backup yet.' : 'No target for backups is configured.'}</Text>
              </Stack>
            </Paper>
          )}
        </Section>
      </SimpleGrid>
    </Page>
  )
}

function AllWell({ text, examined }: { text: string; examined?: number }) {
  return (
    <Paper withBorder p="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <IconCircleCheck size={20} color="light-dark(#1f9254, #45c07e)" aria-hidden style={{ flex: 'none' }} />
        <Stack gap={0}><Text fw={600} size="sm">Nothing needs you.</Text><Text size="sm" c="dimmed">{text}{examined ? ` The doctor made ${examined} checks and found nothing.` : ''}</Text></Stack>
      </Group>
    </Paper>
  )
}

function NeedRow({ need }: { need: Need }) {
  const [path, query] = (need.to ?? '').split('?')
  const Icon = need.tone === 'bad' ? IconUrgent : IconAlertTriangle
  return (
    <Paper withBorder px="sm" py={8} component="li" style={{ borderLeft: `3px solid ${need.tone === 'bad' ? 'light-dark(#d13434, #f06c6c)' : 'light-dark(#c98500, #eab13b)'}` }}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={18} color={need.tone === 'bad' ? 'light-dark(#d13434, #f06c6c)' : 'light-dark(#a86f00, #eab13b)'} role="img" aria-label={need.tone === 'bad' ? 'Urgent' : 'Worth a look'} style={{ flex: 'none', marginTop: 2 }} />
        <Text size="sm" style={{ flex: 1, overflowWrap: 'anywhere' }}>{need.text.charAt(0).toUpperCase() + need.text.slice(1)} {need.remedy && <Text span inherit c="dimmed">{need.remedy}</Text>}</Text>
        {need.to && <Anchor component={Link} to={path as never} search={Object.fromEntries(new URLSearchParams(query)) as never} size="sm" aria-label={`Look: ${need.text}`}>Look</Anchor>}
      </Group>
    </Paper>
  )
}

function PercentileTile({ label, times }: { label: string; times?: Percentiles | null }) {
  return <Tile label={`${label}, median`} value={times ? duration(times.p50) : '–'} about={times ? `95 %: ${duration(times.p95)}, 99 %: ${duration(times.p99)}` : 'of the newest 1,000'} />
}

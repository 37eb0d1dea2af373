import { Anchor, Box, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconDroplet, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Action } from '../../components/Action'
import { count, duration, short } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { changeQueue, listQueues, type Queue } from './api'
import { LimitsAction } from './LimitsAction'
import { limitsInWords } from './limits'
import { Meter } from './Meter'
import { QueueTabs } from './QueueTabs'
import { Throughput } from './Throughput'
import { queuesRoute } from './routes'

const SHOWN_MAX = 60

/** Every queue: how full it is, how fast, what limits it. */
export function QueuesPage() {
  const { queue: wanted = '' } = queuesRoute.useSearch()
  const navigate = useNavigate()
  const queues = useQuery({ queryKey: [['tasks', 'queues'], 'list'], queryFn: listQueues })
  return (
    <Page title="Queues" about="Depth, limits and who works them" tabs={<QueueTabs />}>
      <QueryState query={queues}>
        {({ items }) => {
          if (items.length === 0) return <Empty title="There are no queues yet" command="howdah tasks enqueue greet --queue mail">A queue is there from its first task on.</Empty>
          const found = items.filter((each) => each.name.includes(wanted)).sort((a, b) => rank(b) - rank(a) || b.queued - a.queued || a.name.localeCompare(b.name))
          return (
            <Stack gap="sm">
              <Group gap="sm" justify="space-between">
                <TextInput aria-label="Filter queues" placeholder="Filter by name" leftSection={<IconSearch size={15} />} value={wanted} onChange={(event) => void navigate({ to: '/queues', search: { queue: event.currentTarget.value || undefined }, replace: true })} w={{ base: '100%', xs: 260 }} />
                <Text size="sm" c="dimmed" role="status">{found.length === items.length ? `${count(items.length)} queues` : `${count(found.length)} of ${count(items.length)} queues`}{found.length > SHOWN_MAX ? `, the ${SHOWN_MAX} that matter most shown` : ''}</Text>
              </Group>
              {found.length === 0 ? <Empty title="No queue is called so" /> : <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="sm">{found.slice(0, SHOWN_MAX).map((each) => <QueueCard key={each.name} queue={each} />)}</SimpleGrid>}
            </Stack>
          )
        }}
      </QueryState>
    </Page>
  )
}

/** What is stopped comes first, then what waits. */
function rank(queue: Queue) {
  return queue.name === '*' ? 3 : queue.paused_at ? 2 : queue.draining_at ? 1 : 0
}

function QueueCard({ queue }: { queue: Queue }) {
  const state = queue.paused_at ? 'paused' : queue.draining_at ? 'draining' : undefined
  const isAll = queue.name === '*'
  return (
    <Paper withBorder p="sm" component="article" aria-label={`Queue ${queue.name}`}>
      <Stack gap={8}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Group gap="xs" style={{ minWidth: 0 }}>
            <Title order={2} size="h6" style={{ overflowWrap: 'anywhere' }}>{isAll ? 'All queues together' : <Anchor component={Link} to="/tasks" search={{ q: `queue:${queue.name}` } as never} inherit>{queue.name}</Anchor>}</Title>
            {state && <State state={state} />}
          </Group>
          <Group gap={2} wrap="nowrap">
            {state
              ? <Action compact label={`Resume ${queue.name}`} confirmLabel="Resume" icon={<IconPlayerPlay size={16} />} about={<>Tasks of <b>{queue.name}</b> can be enqueued and are run again.</>} undo="To undo it, pause it again." run={() => changeQueue(queue.name, 'resume')} done={() => `${queue.name} runs again`} />
              : <>
                <Action compact label={`Pause ${queue.name}`} confirmLabel="Pause" icon={<IconPlayerPause size={16} />} about={<>Nothing more of <b>{queue.name}</b> is started ({count(queue.queued)} wait); what runs goes on, and tasks can still be enqueued.</>} undo="To undo it, resume it." run={() => changeQueue(queue.name, 'pause')} done={() => `${queue.name} is paused`} />
                {!isAll && <Action compact label={`Drain ${queue.name}`} confirmLabel="Drain" icon={<IconDroplet size={16} />} about={<><b>{queue.name}</b> takes no new tasks: whoever enqueues one gets an error. The {count(queue.queued)} in it are run.</>} undo="To undo it, resume it." run={() => changeQueue(queue.name, 'drain')} done={() => `${queue.name} takes no new tasks`} />}
              </>}
            <LimitsAction queue={queue} />
          </Group>
        </Group>
        {queue.paused_at && <Text size="xs" c="dimmed">Paused <Time at={queue.paused_at} /></Text>}
        {!queue.paused_at && queue.draining_at && <Text size="xs" c="dimmed">Takes no new tasks since <Time at={queue.draining_at} /></Text>}
        {!isAll && (
          <Group gap="lg" align="flex-end" justify="space-between" wrap="nowrap">
            <Group gap="lg" wrap="nowrap">
              <Figure label="Waiting" value={short(queue.queued)} />
              <Figure label="Oldest" value={queue.oldest_wait_ms == null ? '–' : duration(queue.oldest_wait_ms)} />
            </Group>
            <Throughput queue={queue.name} />
          </Group>
        )}
        {!isAll && <Meter label="Running" value={queue.started} max={queue.concurrency} />}
        <Text size="xs" c="dimmed">{limitsInWords(queue)}</Text>
      </Stack>
    </Paper>
  )
}

function Figure({ label, value }: { label: string; value: string }) {
  return <Box><Text size="xs" c="dimmed">{label}</Text><Text fw={650} style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>{value}</Text></Box>
}

import { Alert, Anchor, Group, Paper, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconHourglass, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiError } from '../../api/client'
import { Action } from '../../components/Action'
import { CopyButton } from '../../components/CopyButton'
import { duration } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time, useNow } from '../../components/Time'
import { listQueues, listWorkers } from '../queues/api'
import { cancelTask, getTask, retryTask, type Attempt, type TaskDetail } from './api'
import { EnqueueAction } from './EnqueueAction'
import { taskRoute } from './routes'
import { TaskLog } from './TaskLog'
import { Timeline } from './Timeline'
import { whyItWaits } from './timeline'
import classes from './Timeline.module.css'

/** One task: what happened to it, why, and what can be done. */
export function TaskPage() {
  const { id } = taskRoute.useParams()
  const task = useQuery({ queryKey: ['tasks', 'one', id], queryFn: () => getTask(id) })
  const before = <Anchor component={Link} to="/tasks" size="sm">‹ Tasks</Anchor>
  if (task.error instanceof ApiError && task.error.isNotFound && !task.data) {
    return <Page title="This task is not there" before={before}><Empty title="It never was, or was removed after its time">{task.error.remedy}</Empty></Page>
  }
  return (
    <Page title={task.data?.type ?? 'Task'} before={before} about={<Group gap={6} wrap="nowrap"><Text span inherit style={{ overflowWrap: 'anywhere' }} ff="monospace" size="xs">{id}</Text><CopyButton text={id} label="Copy the id" /></Group>} actions={task.data && <TaskActions task={task.data} />}>
      <QueryState query={task} skeleton={8}>{(found) => <Details task={found} />}</QueryState>
    </Page>
  )
}

function TaskActions({ task }: { task: TaskDetail }) {
  const isEnded = ['failed', 'cancelled'].includes(task.state)
  const isLive = ['queued', 'started'].includes(task.state)
  const priority = task.priority === 0 ? undefined : task.priority
  return (
    <>
      <Action label="Retry" icon={<IconRefresh size={15} />} variant={isEnded ? 'filled' : 'default'} blocked={isEnded ? undefined : `It is ${task.state}; failed and cancelled tasks can be retried`}
        about="The task is queued again, at once and with a fresh set of attempts. What it did before stays in its history." undo="To undo it, cancel it while it waits." run={() => retryTask(task.id)} done={() => 'Queued again'} />
      <Action label="Cancel" icon={<IconPlayerStop size={15} />} isDangerous blocked={isLive ? undefined : `It is ${task.state} already`}
        about={task.state === 'started' ? 'Its worker is told to stop, and a result that comes later does not count. What the handler did so far is not taken back.' : 'The task will not run. Tasks that wait for it to finish are cancelled, too.'} undo="To undo it, retry it: it begins anew." run={() => cancelTask(task.id)} done={() => 'Cancelled'} />
      <EnqueueAction types={[task.type]} from={{ type: task.type, payload: task.payload as never, queue: task.queue === 'default' ? undefined : task.queue, priority, max_attempts: task.max_attempts === 3 ? undefined : task.max_attempts, partition: task.partition ?? undefined, timeout: task.timeout_ms ? `${task.timeout_ms}ms` : undefined }} />
    </>
  )
}

function Details({ task }: { task: TaskDetail }) {
  const progress = task.progress as { percent?: number; message?: string } | null | undefined
  const failure = task.state !== 'finished' && task.error ? task.error : undefined
  return (
    <Stack gap="lg">
      {task.state === 'queued' && <Waiting task={task} />}
      {failure && (
        <Section title={task.state === 'failed' ? 'Why it failed' : 'Why its last attempt failed'}>
          <pre className={classes.error} tabIndex={0} role="region" aria-label="Error">{failure}</pre>
        </Section>
      )}
      {task.state === 'started' && progress?.percent !== undefined && (
        <Section title="Progress">
          <Progress value={progress.percent} aria-label="Progress" size="lg" />
          <Text size="sm">{progress.percent} % {progress.message}</Text>
        </Section>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="What happened"><Paper withBorder p="md"><Timeline task={task} /></Paper></Section>
        <Section title="Facts"><Paper withBorder p="md"><Facts task={task} /></Paper></Section>
      </SimpleGrid>
      {task.attempts.length > 0 && <Section title="Attempts"><Attempts attempts={task.attempts} /></Section>}
      <Section title="Log"><TaskLog id={task.id} /></Section>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="Payload"><JsonView value={task.payload} label="Payload" /></Section>
        <Section title="Result">{task.result == null ? <Text size="sm" c="dimmed">{task.state === 'finished' ? 'It has no result, or its time to be kept is over.' : 'There is none yet.'}</Text> : <JsonView value={task.result} label="Result" />}</Section>
      </SimpleGrid>
    </Stack>
  )
}

function Waiting({ task }: { task: TaskDetail }) {
  const now = useNow()
  const queues = useQuery({ queryKey: [['tasks', 'queues'], 'list'], queryFn: listQueues })
  const workers = useQuery({ queryKey: ['workers', 'list'], queryFn: listWorkers })
  if (!queues.data || !workers.data) return null
  const of = (name: string) => queues.data.items.find((each) => each.name === name)
  const reasons = whyItWaits(task, of(task.queue), of('*'), workers.data.items, now)
  return (
    <Alert variant="light" color="gray" icon={<IconHourglass size={18} />} title="Why it waits" data-testid="why">
      <Stack gap={4}>
        {reasons.map(({ reason, remedy }) => <Text key={reason} size="sm">{reason} {remedy && <Text span inherit c="dimmed">{remedy}</Text>}</Text>)}
      </Stack>
    </Alert>
  )
}

function Facts({ task }: { task: TaskDetail }) {
  const owner = task.payload as { execution?: unknown; node?: unknown } | null
  const execution = typeof owner?.execution === 'string' ? owner.execution : undefined
  const facts: [string, ReactNode][] = [
    ['State', <State key="state" state={task.state} />],
    ['Queue', <Anchor key="queue" component={Link} to="/queues" search={{ queue: task.queue } as never} size="sm">{task.queue}</Anchor>],
    ['Attempts', `${task.attempt} of ${Math.max(task.max_attempts, task.attempt)}`],
    ['Created', <Time key="created" at={task.created_at} />],
  ]
  if (execution) facts.push(['Workflow', <Anchor key="workflow" href={`#/workflows/executions/${encodeURIComponent(execution)}`} size="sm">its execution{typeof owner?.node === 'string' ? `, node ${owner.node}` : ''}</Anchor>])
  if (task.priority !== 0) facts.push(['Priority', task.priority])
  if (task.started_at) facts.push(['Last started', <Time key="started" at={task.started_at} />])
  if (task.ended_at) facts.push(['Ended', <Time key="ended" at={task.ended_at} />])
  if (task.worker) facts.push(['Worker', task.worker])
  if (task.partition) facts.push(['Partition', task.partition])
  if (task.key) facts.push(['Key', task.key])
  if (task.timeout_ms) facts.push(['Time limit', duration(task.timeout_ms)])
  return <dl className={classes.facts}>{facts.map(([name, value]) => <Fact key={name} name={name}>{value}</Fact>)}</dl>
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <><dt>{name}</dt><dd>{children}</dd></>
}

function Attempts({ attempts }: { attempts: Attempt[] }) {
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Table of attempts', role: 'region' } }}>
      <Table verticalSpacing={6} withTableBorder>
        <Table.Thead><Table.Tr><Table.Th w={50}>No.</Table.Th><Table.Th w={110}>Outcome</Table.Th><Table.Th w={110}>Started</Table.Th><Table.Th w={80}>Ran</Table.Th><Table.Th w={160}>Worker</Table.Th><Table.Th>Error</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {attempts.map((attempt, i) => (
            <Table.Tr key={i}>
              <Table.Td>{attempt.attempt}</Table.Td>
              <Table.Td><State state={attempt.outcome} /></Table.Td>
              <Table.Td><Time at={attempt.started_at} /></Table.Td>
              <Table.Td>{duration(attempt.duration_ms)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{attempt.worker ?? '–'}</Table.Td>
              <Table.Td>{attempt.error ? <Text size="xs" ff="monospace" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} lineClamp={4} title={attempt.error}>{attempt.error}</Text> : '–'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

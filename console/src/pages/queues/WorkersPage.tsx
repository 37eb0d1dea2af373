import { Alert, Anchor, Badge, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { duration } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Time, useNow } from '../../components/Time'
import { listWorkers, type Worker } from './api'
import { Meter } from './Meter'
import { QueueTabs } from './QueueTabs'

const TYPES_MAX = 12

/** Who runs tasks, and what they run now. */
export function WorkersPage() {
  const workers = useQuery({ queryKey: [['workers', 'tasks'], 'list'], queryFn: listWorkers })
  return (
    <Page title="Workers" about="The processes that run tasks" tabs={<QueueTabs />}>
      <QueryState query={workers}>
        {({ items, unserved }) => (
          <Stack gap="sm">
            {unserved.length > 0 && (
              <Alert color="yellow" variant="light" styles={{ title: { color: 'var(--mantine-color-text)' } }} icon={<IconAlertTriangle size={18} />} title="Tasks wait that no known worker takes">
                <Stack gap={2}>
                  {unserved.map((each) => <Text key={`${each.queue} ${each.type}`} size="sm"><Anchor component={Link} to="/tasks" search={{ q: `type:${each.type} queue:${each.queue}` } as never} size="sm">{each.type}</Anchor> in {each.queue}, for {duration(each.wait_ms)}</Text>)}
                  <Text size="sm" c="dimmed">Start a worker that takes them. Workers over HTTP are known only while they run something.</Text>
                </Stack>
              </Alert>
            )}
            {items.length === 0 ? <Empty title="No worker is known" command="howdah up">A server runs one of its own; those over HTTP show while they run something.</Empty>
              : <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">{items.map((each) => <WorkerCard key={each.id} worker={each} />)}</SimpleGrid>}
          </Stack>
        )}
      </QueryState>
    </Page>
  )
}

function WorkerCard({ worker }: { worker: Worker }) {
  const now = useNow()
  return (
    <Paper withBorder p="sm" component="article" aria-label={`Worker ${worker.id}`}>
      <Stack gap={8}>
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h6" style={{ overflowWrap: 'anywhere' }}>{worker.id}</Title>
          <Text size="xs" c="dimmed">{worker.seen_at ? <>since <Time at={worker.started_at} />, heard of <Time at={worker.seen_at} /></> : 'known by its claims only'}</Text>
        </Group>
        <Meter label="Running" value={worker.running} max={worker.concurrency} />
        {worker.types && <Group gap={4}>{worker.types.slice(0, TYPES_MAX).map((type) => <Badge key={type} variant="default" size="sm" tt="none" fw={500}>{type}</Badge>)}{worker.types.length > TYPES_MAX && <Text size="xs" c="dimmed" title={worker.types.slice(TYPES_MAX).join(', ')}>and {worker.types.length - TYPES_MAX} more types</Text>}</Group>}
        {worker.tasks.length > 0 && (
          <Table verticalSpacing={4} fz="sm" aria-label={`What ${worker.id} runs`} layout="fixed">
            <Table.Thead><Table.Tr><Table.Th>Runs</Table.Th><Table.Th w={110}>Queue</Table.Th><Table.Th w={86} ta="right">For</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {worker.tasks.map((task) => (
                <Table.Tr key={task.id}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}><Anchor component={Link} to={`/tasks/${task.id}` as never} size="sm">{task.type}</Anchor>{progressOf(task.progress)}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{task.queue}</Table.Td>
                  <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>{duration(Math.max(0, now - Date.parse(task.started_at)))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {worker.running > worker.tasks.length && <Text size="xs" c="dimmed">The {worker.tasks.length} that have run longest, of {worker.running}.</Text>}
      </Stack>
    </Paper>
  )
}

function progressOf(progress: unknown) {
  const percent = (progress as { percent?: number } | null)?.percent
  return percent === undefined ? null : <Text span size="xs" c="dimmed"> {percent} %</Text>
}

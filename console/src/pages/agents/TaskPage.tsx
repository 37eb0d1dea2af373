import { Alert, Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AnchorLink } from '../../components/links'
import { CopyButton } from '../../components/CopyButton'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AnswerForm } from './AnswerForm'
import { agentTaskQuery, type AgentTask } from './api'
import { CancelTask } from './CancelTask'
import { DeliveryTable } from './DeliveryTable'
import { EventList } from './EventList'
import { assemble, isAsking, isTerminal } from './events'
import { Facts } from '../../components/Facts'
import { Artifacts, Conversation } from './Parts'
import { useTaskEvents } from './useTaskEvents'

const route = getRouteApi('/agents/tasks/$id')

/** Everything about one task on one page, live. */
export function TaskPage() {
  const { id } = route.useParams()
  const task = useQuery(agentTaskQuery(id))
  return (
    <Page title={task.data?.skill ? `Agent task ${task.data.skill}` : 'Agent task'} before={<Text size="sm"><AnchorLink to="/agents/tasks">Agent tasks</AnchorLink></Text>}
      about={<Group gap={4}><Text span size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{id}</Text><CopyButton text={id} label="Copy the id" /></Group>}
      actions={task.data && <CancelTask id={id} state={task.data.state} what={`the task${task.data.skill ? ` of ${task.data.skill}` : ''}`} />}>
      <QueryState query={task}>{(data) => <OneTask key={id} task={data} />}</QueryState>
    </Page>
  )
}

function OneTask({ task }: { task: AgentTask }) {
  const protocol = task.task
  const events = useTaskEvents(task.id)
  const streamed = assemble(events.items)
  const artifacts = !isTerminal(task.state) && streamed.length ? streamed : (protocol?.artifacts ?? [])
  const isBad = task.state === 'failed' || task.state === 'rejected'
  return (
    <Stack gap="lg">
      <Facts facts={[
        ['State', <State key="state" state={task.state} />],
        ['Since', <Time key="since" at={task.status_at} />],
        ['Caller', task.owner],
        ['Context', <AnchorLink key="context" to="/agents/tasks" search={{ context: task.context_id, owner: task.owner }}>{task.context_id}</AnchorLink>],
        ...(task.run_id ? [['Runs as', <Anchor key="run" inherit href={`#/tasks/${task.run_id}`}>task of the queue</Anchor>] as const] : []),
        ['Model calls', <AnchorLink key="models" to="/agents/models" search={{ task_id: task.run_id ?? task.id }}>of this task</AnchorLink>],
      ]} />
      {isAsking(task.state) && <AnswerForm key={task.last_sequence} id={task.id} message={protocol?.status.message} />}
      {isBad && <Alert color="red" variant="light" role="alert" title={task.state === 'failed' ? 'It failed' : 'It was rejected'}><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{task.message ?? 'Nothing is said about why.'}</Text></Alert>}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="Conversation">{protocol?.history?.length ? <Conversation messages={protocol?.history} /> : <Text size="sm" c="dimmed">No messages are kept.</Text>}</Section>
        <Section title="Artifacts" about="What the task gave.">{artifacts.length ? <Artifacts artifacts={artifacts} /> : <Text size="sm" c="dimmed">{isTerminal(task.state) ? 'It gave nothing.' : 'Nothing yet.'}</Text>}</Section>
      </SimpleGrid>
      <Section title="Events" about={events.stream === 'live' ? 'Live, as clients see them.' : events.stream === 'stale' ? 'The stream is lost; it is tried again.' : 'Everything that clients saw.'}><EventList events={events} /></Section>
      <Section title="Deliveries" about="What of it is posted to places that the client named."><DeliveryTable filter={{}} task={task.id} /></Section>
      <Section title="As the protocol writes it"><JsonView value={task.task} label="Task" maxHeight={320} /></Section>
    </Stack>
  )
}

import { Alert, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AnchorLink } from '../../components/links'
import { Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AnswerForm } from './AnswerForm'
import { agentTaskQuery } from './api'
import { CancelTask } from './CancelTask'
import { EventList } from './EventList'
import { assemble, isAsking, isTerminal } from './events'
import { Artifacts } from './Parts'
import { useTaskEvents } from './useTaskEvents'

/** A run that was begun here, as it goes on: its state, what it asks, its answer, its events. */
export function TaskRun({ id }: { id: string }) {
  const task = useQuery(agentTaskQuery(id))
  const events = useTaskEvents(id)
  const streamed = assemble(events.items)
  return (
    <QueryState query={task} skeleton={4}>
      {(data) => {
        const protocol = data.task
        const artifacts = isTerminal(data.state) && events.dropped ? (protocol?.artifacts ?? []) : streamed.length ? streamed : (protocol?.artifacts ?? [])
        return (
          <Stack gap="md">
            <Group justify="space-between" gap="xs">
              <Group gap="sm"><State state={data.state} /><Text size="sm" c="dimmed"><Time at={data.status_at} /></Text></Group>
              <Group gap="sm"><Text size="sm"><AnchorLink to="/agents/tasks/$id" params={{ id }}>The whole task</AnchorLink></Text><CancelTask id={id} state={data.state} what="this run" size="xs" /></Group>
            </Group>
            {isAsking(data.state) && <AnswerForm key={data.last_sequence} id={id} message={protocol?.status.message} />}
            {data.message && !isAsking(data.state) && (data.state === 'failed' || data.state === 'rejected'
              ? <Alert color="red" variant="light" title={`It ${data.state === 'failed' ? 'failed' : 'was rejected'}`}>{data.message}</Alert>
              : <Text size="sm">{data.message}</Text>)}
            {artifacts.length > 0 && <Section title="Answer"><Artifacts artifacts={artifacts} /></Section>}
            <Section title="Events" about={events.stream === 'live' ? 'Live, as clients see them.' : events.stream === 'stale' ? 'The stream is lost; it is tried again.' : undefined}><EventList events={events} /></Section>
          </Stack>
        )
      }}
    </QueryState>
  )
}

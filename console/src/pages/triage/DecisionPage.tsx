import { Accordion, Alert, Anchor, Code, Group, List, Paper, Stack, Text } from '@mantine/core'
import { IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { percent, words } from '../../components/format'
import { Facts } from '../../components/Facts'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { ActionList } from './ActionList'
import { actionsQuery, decisionQuery, post, type ChangeEvent, type Decision, type TriageResult } from './api'
import { firstLine } from './decisions'
import { DiffView } from './DiffView'
import { RepositoryLink } from './RepositoryLink'

const route = getRouteApi('/triage/decisions/$id')

/** One decision with what it rests on and what is done about it. */
export function DecisionPage() {
  const { id } = route.useParams()
  const decision = useQuery(decisionQuery(id))
  const { data } = decision
  return (
    <Page title={data ? `${data.payload.source_repo} → ${data.payload.target_repo}` : 'Decision'} before={<Text size="sm"><AnchorLink to="/triage/decisions">Decisions</AnchorLink></Text>}
      about={data && firstLine(data.payload.change_event.commit_message)} actions={data && <Actions decision={data} />}>
      <QueryState query={decision} skeleton={8}>{(loaded) => <OneDecision decision={loaded} />}</QueryState>
    </Page>
  )
}

function Actions({ decision: { id, state, payload } }: { decision: Decision }) {
  if (state === 'finished') return null
  return state === 'queued' || state === 'started'
    ? <Action label="Cancel" icon={<IconPlayerStop size={15} />} isDangerous confirmLabel="Cancel the triage" about={`Nothing is decided about this change for ${payload.target_repo}, and nobody there is told.`} undo="It can be retried afterwards." run={() => post(`/api/tasks/${id}/cancel`, {})} done={() => 'The triage is cancelled'} />
    : <Action label="Retry" icon={<IconRefresh size={15} />} about={`Decides again what this change means for ${payload.target_repo}, with a fresh set of attempts.`} undo="It can be cancelled while it waits." run={() => post(`/api/tasks/${id}/retry`, {})} done={() => 'It is decided again'} />
}

function OneDecision({ decision }: { decision: Decision }) {
  const { payload, result } = decision
  const event = payload.change_event
  return (
    <Stack gap="lg">
      <Facts facts={[
        ['Urgency', result ? <State key="u" state={result.urgency} /> : <State key="s" state={decision.state} />],
        ['To do', result ? (result.requires_action ? 'yes' : 'nothing') : '–'],
        ['Confidence', result ? percent(result.confidence) : '–'],
        ['Decided by', result ? (result.model === 'built-in' ? 'built-in rules' : result.model || '–') : '–'],
        ['For', <RepositoryLink key="t" name={payload.target_repo} />],
        ['Because it', payload.relationship_type === 'template_fork' ? 'was made from it' : 'calls its API'],
        ['When', <Time key="w" at={decision.ended_at ?? decision.created_at} />],
        ['Task', <Anchor key="task" inherit href={`#/tasks/${decision.id}`}>of the queue</Anchor>],
      ]} />
      {decision.error && <Alert color="red" variant="light" title="It could not be decided"><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{decision.error}</Text></Alert>}
      {!result && !decision.error && <Text size="sm" c="dimmed">{decision.state === 'cancelled' ? 'It was cancelled before it was decided.' : 'It is not decided yet; the answer appears here.'}</Text>}
      {result && <Result result={result} />}
      <DoneAbout id={decision.id} isNeeded={result?.requires_action} />
      <Change event={event} />
    </Stack>
  )
}

function Result({ result }: { result: TriageResult }) {
  return (
    <>
      <Section title="What it means"><Paper withBorder p="md" radius="md"><Text style={{ overflowWrap: 'anywhere' }}>{result.impact_summary}</Text></Paper></Section>
      {result.recommended_changes && <Section title="What to do"><Paper withBorder p="md" radius="md"><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{result.recommended_changes}</Text></Paper></Section>}
      <Section title="Evidence" about="What the decision rests on.">
        <Paper withBorder p="md" radius="md">
          <Stack gap="sm">
            {result.affected_files.length > 0 && <List size="sm" spacing={2}>{result.affected_files.map((file) => <List.Item key={file}><Code style={{ overflowWrap: 'anywhere' }}>{file}</Code></List.Item>)}</List>}
            <Text size="sm" ff="monospace" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{result.reasoning || 'Nothing is said.'}</Text>
            {result.architecture_context && <div><Text size="xs" fw={600} c="dimmed">What was known of the repositories</Text><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{result.architecture_context}</Text></div>}
          </Stack>
        </Paper>
      </Section>
    </>
  )
}

function DoneAbout({ id, isNeeded }: { id: string; isNeeded: boolean | undefined }) {
  const actions = useInfiniteQuery(actionsQuery)
  return (
    <Section title="Done about it">
      <QueryState query={actions} skeleton={2}>
        {(data) => {
          const its = data.pages.flatMap((page) => page.items).filter((each) => each.task_id === id)
          if (its.length) return <ActionList actions={its} />
          return <Text size="sm" c="dimmed">{isNeeded ? 'Its actions are not among the newest that were read. ' : 'Nothing needs to be done. '}{isNeeded && <AnchorLink to="/triage/actions">All actions</AnchorLink>}</Text>
        }}
      </QueryState>
    </Section>
  )
}

function Change({ event }: { event: ChangeEvent }) {
  return (
    <Section title="The change" actions={<Text size="sm"><AnchorLink to="/triage/decisions" search={{ change: event.commit_sha }}>All its decisions</AnchorLink></Text>}>
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          <Group gap="md"><Text size="sm"><RepositoryLink name={event.source_repo} /></Text><Text size="sm">branch {event.branch}</Text><Code>{event.commit_sha.slice(0, 12)}</Code></Group>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{event.commit_message}</Text>
          {event.changed_files.length === 0
            ? <Text size="sm" c="dimmed">It names no files.</Text>
            : (
              <Accordion multiple variant="contained" chevronPosition="left" defaultValue={event.changed_files.length <= 3 ? event.changed_files.map((file) => file.path) : []}>
                {event.changed_files.map((file) => (
                  <Accordion.Item key={file.path} value={file.path}>
                    <Accordion.Control><Group gap="sm"><Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{file.path}</Text><Text size="xs" c="dimmed">{words(file.change_type)}</Text></Group></Accordion.Control>
                    <Accordion.Panel>{file.diff ? <DiffView diff={file.diff} label={`Diff of ${file.path}`} /> : <Text size="sm" c="dimmed">Without a diff.</Text>}</Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
            )}
        </Stack>
      </Paper>
    </Section>
  )
}

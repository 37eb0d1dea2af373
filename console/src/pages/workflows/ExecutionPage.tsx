import { Alert, Button, Group, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { IconAlertTriangle, IconUserCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { CopyButton } from '../../components/CopyButton'
import { duration } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time, useNow } from '../../components/Time'
import { nodeQuery, placesQuery, versionQuery, type Definition, type Execution } from './api'
import { Artifacts } from './Artifacts'
import { EventsPane, type EventFilter } from './EventsPane'
import { ExecutionActions } from './ExecutionActions'
import { NodePanel } from './NodePanel'
import { AnchorLink } from '../../components/links'
import { executionRoute } from './routes'
import { ReviewActions } from './ReviewActions'
import type { ExecutionStore } from './store'
import { Timeline } from './Timeline'
import { useExecution, useStoreVersion, type ExecutionEvents } from './useExecution'
import classes from './workflows.module.css'

// Read beside this page, not after it: most executions have a graph.
const graph = import('./Graph')
const Graph = lazy(async () => ({ default: (await graph).Graph }))

export function ExecutionPage() {
  const { id } = executionRoute.useParams()
  return <OneExecution key={id} id={id} />
}

function OneExecution({ id }: { id: string }) {
  const { execution, store, log } = useExecution(id)
  if (!execution.data) return <Page title="Execution"><QueryState query={execution}>{() => null}</QueryState></Page>
  return <Loaded execution={execution.data} store={store} log={log} />
}

function Loaded({ execution, store, log }: { execution: Execution; store: ExecutionStore; log: ExecutionEvents }) {
  const { node: selected, artifact, ...filter } = executionRoute.useSearch()
  const navigate = useNavigate()
  const id = execution.execution_id
  const version = useQuery({ ...versionQuery(execution.workflow_id, execution.workflow_version), enabled: execution.workflow_version > 0 })
  const places = useQuery({ ...placesQuery(execution.workflow_id, execution.workflow_version), enabled: execution.workflow_version > 0 })
  const definition = version.data?.definition
  const status = useSyncExternalStore(store.subscribe, () => store.status)
  useEffect(() => {
    if (definition) store.setEdges(definition.edges ?? [])
  }, [store, definition])
  const set = useCallback((change: EventFilter & { node?: string; artifact?: string }) => void navigate({ to: '/workflows/executions/$id', params: { id }, search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }), [navigate, id])
  const select = useCallback((node: string | undefined) => set({ node }), [set])
  const show = useCallback((artifact: string | undefined) => set({ artifact }), [set])
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled'

  return (
    <Page title={definition?.name ?? execution.workflow_id} about={<Facts execution={execution} store={store} />} actions={<ExecutionActions execution={execution} status={status} definition={definition} />}
      before={<Text size="sm"><AnchorLink to="/workflows/executions" search={{ workflow: execution.workflow_id }} inherit>Executions of {execution.workflow_id}</AnchorLink></Text>}>
      {execution.error && <Failed execution={execution} onSelect={select} />}
      <WaitingReviews execution={id} store={store} definition={definition} />
      {execution.workflow_version > 0 && (
        <Section title="Graph">
          <div className={selected ? classes.withPanel : classes.panes}>
            <div className={classes.graphPane}>
              {definition && places.data
                ? <Suspense fallback={<Skeleton h="100%" />}><Graph definition={definition} places={places.data} store={store} selected={selected} onSelect={select} /></Suspense>
                : version.isError || places.isError ? <Problem error={version.error ?? places.error} /> : <Skeleton h="100%" />}
            </div>
            {selected && <NodePanel key={selected} execution={execution} status={status} node={selected} definition={definition} store={store} onClose={() => select(undefined)} onSelect={select} />}
          </div>
        </Section>
      )}
      <div className={classes.lower}>
        <Section title="Timeline"><Timeline store={store} isOver={isOver} selected={selected} onSelect={select} /></Section>
        <Section title="Events"><EventsPane log={log} filter={filter} onFilter={set} selected={selected} onSelect={select} /></Section>
      </div>
      <Artifacts execution={id} shown={artifact} onShow={show} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Input"><JsonView value={execution.input} label="Input" maxHeight={260} /></Section>
        <Section title="Output">{execution.output === null ? <Text size="sm" c="dimmed">{isOver ? 'None.' : 'It has none yet.'}</Text> : <JsonView value={execution.output} label="Output" maxHeight={260} />}</Section>
      </SimpleGrid>
    </Page>
  )
}

/** What matters first, in words. */
function Facts({ execution, store }: { execution: Execution; store: ExecutionStore }) {
  useStoreVersion(store)
  const now = useNow()
  const start = execution.started_at ? Date.parse(execution.started_at) : undefined
  const end = execution.completed_at ? Date.parse(execution.completed_at) : undefined
  const all = [...store.all().values()]
  const done = all.filter((node) => node.status === 'completed' || node.status === 'skipped').length
  const path = { to: '/workflows/executions/$id' as const }
  return (
    <Group gap={10} mt={4}>
      <State state={store.status} />
      {execution.workflow_version > 0 && <span>{done} of {all.length} nodes done</span>}
      {start !== undefined && <span>{end === undefined ? 'for' : 'took'} {duration((end ?? Math.max(now, start)) - start)}</span>}
      <span>started <Time at={execution.started_at ?? execution.created_at} /></span>
      {execution.workflow_version > 0 && <AnchorLink to="/workflows/definitions/$id" params={{ id: execution.workflow_id }} search={{ version: execution.workflow_version }} inherit>version {execution.workflow_version}</AnchorLink>}
      {execution.forked_from && <AnchorLink {...path} params={{ id: execution.forked_from }} inherit>forked from …{execution.forked_from.slice(-6)}</AnchorLink>}
      {execution.parent_id && <AnchorLink {...path} params={{ id: execution.parent_id }} inherit>started by …{execution.parent_id.slice(-6)}</AnchorLink>}
      {execution.schedule && <AnchorLink to="/workflows/executions" search={{ schedule: execution.schedule }} inherit>schedule {execution.schedule}</AnchorLink>}
      <Group gap={2}><Text span ff="monospace" fz={12}>{execution.execution_id}</Text><CopyButton text={execution.execution_id} label="Copy the id" /></Group>
    </Group>
  )
}

function Failed({ execution, onSelect }: { execution: Execution; onSelect: (node: string) => void }) {
  const node = execution.error_node_id
  return (
    <Alert variant="default" icon={<IconAlertTriangle size={18} color="light-dark(#d13434, #f06c6c)" />} title={node ? `Failed at ${node}` : 'Failed'}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{execution.error}</Text>
      {node && <Button mt="xs" size="compact-sm" variant="default" onClick={() => onSelect(node.split('/')[0]!)}>Look at {node}</Button>}
    </Alert>
  )
}

/** Whatever waits for a person stands at the top. */
function WaitingReviews({ execution, store, definition }: { execution: string; store: ExecutionStore; definition: Definition | undefined }) {
  const version = useStoreVersion(store)
  const waiting = useMemo(() => (definition?.nodes ?? []).filter((node) => node.type === 'human_review' && store.node(node.id).status === 'waiting'), [definition, store, version])
  return waiting.map((node) => <WaitingReview key={node.id} execution={execution} node={node.id} prompt={String(node.config?.prompt ?? node.id)} />)
}

function WaitingReview({ execution, node, prompt }: { execution: string; node: string; prompt: string }) {
  const state = useQuery(nodeQuery(execution, node, 'waiting'))
  // The question with its expressions evaluated.
  const asked = (state.data?.inputs as { prompt?: string } | null | undefined)?.prompt ?? prompt
  return (
    <Alert variant="default" icon={<IconUserCheck size={18} color="light-dark(#c98500, #eab13b)" />} title={`${node} waits for a person`}>
      <Group justify="space-between"><Text size="sm" style={{ overflowWrap: 'anywhere', flex: '1 1 240px' }}>{asked}</Text><ReviewActions execution={execution} node={node} prompt={asked} /></Group>
    </Alert>
  )
}

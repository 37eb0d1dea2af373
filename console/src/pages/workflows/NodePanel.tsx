import { ActionIcon, Anchor, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconArrowFork, IconPlayerSkipForward, IconRefresh, IconX } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, useSyncExternalStore } from 'react'
import { api } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { bytes, duration, percent } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { QueryState } from '../../components/QueryState'
import { JsonField } from '../../components/SchemaForm'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { nodeQuery, view, type Definition, type Execution, type ExecutionLine, type ExecutionStatus } from './api'
import { Children } from './Children'
import { kindOf } from './nodeTypes'
import { ReviewActions } from './ReviewActions'
import { fanOut, isEnded, type ExecutionStore } from './store'
import { durationOf } from './timeline'
import classes from './workflows.module.css'

interface NodePanelProps {
  execution: Execution
  status: ExecutionStatus
  node: string
  definition: Definition | undefined
  store: ExecutionStore
  onClose: () => void
  onSelect: (node: string) => void
}

/** One node of an execution: how it stands, what went in and came out, what can be done. */
export function NodePanel({ execution, status, node, definition, store, onClose }: NodePanelProps) {
  const progress = useSyncExternalStore((listener) => store.subscribeNode(node, listener), () => store.node(node))
  const id = execution.execution_id
  const state = useQuery({ ...nodeQuery(id, node, progress.status, progress.attempts), placeholderData: keepPreviousData })
  const prompt = (state.data?.inputs as { prompt?: string } | null | undefined)?.prompt
  const defined = definition?.nodes.find((each) => each.id === node)
  const artifacts = execution.node_states.find((each) => each.node_id === node)?.artifacts ?? []
  const kind = kindOf(defined?.type ?? 'task')
  return (
    <aside className={classes.panel} aria-label={`Node ${node}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>{defined?.name ?? node}</Title>
            <Text size="xs" c="dimmed">{kind.label} · {node}</Text>
          </div>
          <ActionIcon variant="subtle" color="gray" aria-label="Close the node" onClick={onClose}><IconX size={16} /></ActionIcon>
        </Group>
        <Group gap="xs">
          <State state={progress.status} />
          {progress.attempts > 1 && <Text size="sm">attempt {progress.attempts}</Text>}
          {progress.completedAt !== undefined && progress.startedAt !== undefined && <Text size="sm">took {duration(durationOf(progress, 0))}</Text>}
          {progress.startedAt !== undefined && <Text size="sm" c="dimmed">began <Time at={progress.startedAt} /></Text>}
        </Group>
        {progress.children && <Text size="sm">{fanOut(progress.children)}</Text>}
        {progress.error && <Text size="sm" c="light-dark(#a31d1d, #ff9d9d)" style={{ overflowWrap: 'anywhere' }}>{progress.error}</Text>}
        {defined?.type === 'human_review' && progress.status === 'waiting' && <ReviewActions execution={id} node={node} prompt={prompt ?? String(defined.config?.prompt ?? node)} />}
        {execution.workflow_version > 0 && <NodeActions execution={execution} status={status} node={node} hasEnded={isEnded(progress.status)} isWaited={progress.status !== 'completed' && progress.status !== 'skipped'} />}
        <QueryState query={state} skeleton={2}>
          {(read) => (
            <Stack gap="sm">
              {read.quality_score !== null && <Text size="sm">Quality {percent(read.quality_score)}</Text>}
              {read.due_at && !isEnded(read.status) && <Text size="sm">Until <Time at={read.due_at} /></Text>}
              {read.task_id && <Anchor size="sm" href={`#/tasks/${read.task_id}`}>Its task</Anchor>}
              {read.heartbeat !== null && <Labelled label="Last heartbeat"><JsonView value={read.heartbeat} label="Heartbeat" maxHeight={120} /></Labelled>}
              {read.inputs !== null && <Labelled label="Input"><JsonView value={read.inputs} label="Input of the node" maxHeight={180} /></Labelled>}
              {read.outputs !== null && <Labelled label="Output"><JsonView value={read.outputs} label="Output of the node" maxHeight={180} /></Labelled>}
            </Stack>
          )}
        </QueryState>
        {artifacts.length > 0 && <Labelled label="Artifacts">{artifacts.map((artifact) => <Text key={artifact.id} size="sm">{artifact.name}, {bytes(artifact.size_bytes)}</Text>)}</Labelled>}
        {progress.children && <Children execution={id} node={node} key={`${progress.status}${progress.children.total}`} />}
      </Stack>
    </aside>
  )
}

function Labelled({ label, children }: { label: string; children: React.ReactNode }) {
  return <div><Text size="xs" fw={600} mb={2}>{label}</Text>{children}</div>
}

interface NodeActionsProps {
  execution: Execution
  status: ExecutionStatus
  node: string
  hasEnded: boolean
  isWaited: boolean
}

function NodeActions({ execution, status, node, hasEnded, isWaited }: NodeActionsProps) {
  const [withDependants, setWithDependants] = useState(true)
  const [reason, setReason] = useState('')
  const [input, setInput] = useState<Json | undefined>(execution.input)
  const navigate = useNavigate()
  const params = { path: { id: execution.execution_id } }
  return (
    <Group gap={6}>
      <Action label="Retry from here" size="compact-sm" icon={<IconRefresh size={14} />} blocked={hasEnded ? undefined : 'It has not ended yet'} about={<>Runs <b>{node}</b> again. Its result is made anew, and this execution goes on from there.</>} undo="What it had made is replaced; a fork keeps it."
        run={() => view<Execution>(api.POST('/api/executions/{id}/retry', { params, body: { node_id: node, with_dependants: withDependants } }))} done={() => `${node} runs again`} confirmLabel="Retry">
        <Checkbox label="Everything behind it as well" checked={withDependants} onChange={(event) => setWithDependants(event.currentTarget.checked)} />
      </Action>
      <Action label="Skip" size="compact-sm" icon={<IconPlayerSkipForward size={14} />} blocked={!isWaited ? 'It has ended well' : status === 'completed' ? 'The execution is completed' : undefined} about={<>Goes on without <b>{node}</b>: those behind it run as if it had ended.</>} undo="Undone by retrying the node."
        run={() => view<Execution>(api.POST('/api/executions/{id}/skip', { params, body: { node_id: node, reason } }))} done={() => `${node} is skipped`}>
        <TextInput label="Reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      </Action>
      <Action label="Fork from here" size="compact-sm" icon={<IconArrowFork size={14} />} about={<>Makes another execution that takes over what ended well before <b>{node}</b>, and runs the rest with the input below.</>} undo="This execution stays as it is; the new one can be cancelled."
        run={() => view<Pick<ExecutionLine, 'execution_id'>>(api.POST('/api/executions/{id}/fork', { params, body: { node_id: node, input: input as never } }))} done={() => 'The fork runs'} confirmLabel="Fork"
        onDone={(forked) => void navigate({ to: '/workflows/executions/$id', params: { id: forked.execution_id }, search: { node } })}>
        <JsonField name="input" label="Input" value={input} onChange={setInput} />
      </Action>
    </Group>
  )
}

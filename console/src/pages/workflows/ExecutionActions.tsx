import { Code, Select, TextInput } from '@mantine/core'
import { IconBan, IconBell, IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { JsonField } from '../../components/SchemaForm'
import { view, type Definition, type Execution, type ExecutionStatus } from './api'

/** What can be done to an execution as a whole. */
export function ExecutionActions({ execution, status, definition }: { execution: Execution; status: ExecutionStatus; definition: Definition | undefined }) {
  const [reason, setReason] = useState('')
  const params = { path: { id: execution.execution_id } }
  const name = <Code>{execution.workflow_id}</Code>
  const isUnderWay = status === 'pending' || status === 'running' || status === 'paused'
  return (
    <>
      {status === 'paused'
        ? <Action label="Resume" icon={<IconPlayerPlay size={16} />} about={<>This execution of {name} goes on.</>} undo="Undone by pausing it." run={() => api.POST('/api/executions/{id}/resume', { params })} done={() => 'Resumed'} />
        : <Action label="Pause" icon={<IconPlayerPause size={16} />} blocked={isUnderWay ? undefined : `It is ${status}`} about={<>This execution of {name} begins nothing new; what runs comes to its end.</>} undo="Undone by resuming it." run={() => api.POST('/api/executions/{id}/pause', { params })} done={() => 'Paused'} />}
      {isUnderWay && <SignalAction execution={execution} definition={definition} />}
      {(status === 'failed' || status === 'cancelled') && (
        <Action label="Retry" variant="filled" icon={<IconRefresh size={16} />} about={<>Runs again what did not end well in this execution of {name}. Results of the other nodes stay.</>} undo="It can be cancelled again; what its steps do stays done. Steps that run a second time have the idempotency key of the first."
          run={() => api.POST('/api/executions/{id}/retry', { params })} done={() => 'It runs again'} />
      )}
      {isUnderWay && (
        <Action label="Cancel" isDangerous icon={<IconBan size={16} />} about={<>Stops this execution of {name} and those that it waits for; running handlers are interrupted.</>} undo="Retrying it goes on from where it was stopped."
          run={() => api.POST('/api/executions/{id}/cancel', { params, body: { reason } })} done={() => 'Cancelled'} confirmLabel="Cancel it">
          <TextInput label="Reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        </Action>
      )}
    </>
  )
}

/** Delivers a message that a node waits for, or will. */
function SignalAction({ execution, definition }: { execution: Execution; definition: Definition | undefined }) {
  const known = [...new Set((definition?.nodes ?? []).filter((node) => node.type === 'signal').map((node) => String(node.config?.name ?? '')))].filter(Boolean)
  const [name, setName] = useState(known[0] ?? '')
  const [payload, setPayload] = useState<Json>({})
  const chosen = name || known[0] || ''
  return (
    <Action label="Signal" icon={<IconBell size={16} />} blocked={definition && known.length === 0 ? 'No node of it waits for a signal' : undefined} about="Delivers a message. A node that waits for it goes on; a signal that comes too early is kept." undo="A signal that was delivered cannot be taken back."
      run={() => view<Execution>(api.POST('/api/executions/{id}/signals/{name}', { params: { path: { id: execution.execution_id, name: chosen } }, body: payload as never }))} done={() => `Signal ${chosen} is delivered`} confirmLabel="Send">
      {known.length ? <Select label="Signal" data={known} value={chosen} allowDeselect={false} onChange={(next) => setName(next ?? '')} /> : <TextInput label="Signal" required value={name} onChange={(event) => setName(event.currentTarget.value)} />}
      <JsonField name="payload" label="Payload" value={payload} onChange={(next) => setPayload(next ?? {})} />
    </Action>
  )
}

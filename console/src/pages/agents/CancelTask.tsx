import { IconPlayerStop } from '@tabler/icons-react'
import { Action } from '../../components/Action'
import { send } from './api'
import { isTerminal } from './events'

export function CancelTask({ id, state, what, size }: { id: string; state: string; what: string; size?: 'sm' | 'xs' }) {
  if (isTerminal(state)) return null
  return (
    <Action label="Cancel" icon={<IconPlayerStop size={15} />} isDangerous size={size} confirmLabel="Cancel the task"
      about={`Ends ${what}. Its handler is interrupted, wherever it runs, and the client is told that the task was cancelled.`}
      undo="It cannot be undone: a task that was cancelled does not go on. What it did until then stays."
      run={() => send('POST', `/api/agent/tasks/${encodeURIComponent(id)}/cancel`, {})} done={() => 'The task is cancelled'} />
  )
}

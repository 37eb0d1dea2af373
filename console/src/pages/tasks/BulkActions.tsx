import { Button, Group, Paper, Text } from '@mantine/core'
import { IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Action } from '../../components/Action'
import { count } from '../../components/format'
import { Problem } from '../../components/Problem'
import { bulk, type BulkAction, type Scope, type TaskQuery } from './api'

/** The server counts no further. */
const COUNTED_MAX = 10_000

const ACTIONS = {
  retry: { label: 'Retry', icon: IconRefresh, can: ['failed', 'cancelled'], about: 'are queued again, with a fresh set of attempts', undo: 'To undo it, cancel them while they wait.', done: 'queued again', isDangerous: false },
  cancel: { label: 'Cancel', icon: IconPlayerStop, can: ['queued', 'started'], about: 'are cancelled; what runs is told to stop, and its result does not count', undo: 'To undo it, retry them: they begin anew.', done: 'cancelled', isDangerous: true },
  discard: { label: 'Discard', icon: IconTrash, can: ['finished', 'failed', 'cancelled'], about: 'are deleted, with attempts, results and logs', undo: 'This cannot be undone.', done: 'discarded', isDangerous: true },
} as const

/** Something is done to the marked tasks, or to all that match; counted first. */
export function BulkActions({ marked, filter, isSearch, onDone, onUnmark }: { marked: ReadonlySet<string>; filter: TaskQuery; isSearch: boolean; onDone: () => void; onUnmark: () => void }) {
  const isMarked = marked.size > 0
  const { state, type, queue, partition } = filter
  const scope: Scope = isMarked ? { ids: [...marked] } : { state, type, queue, partition }
  const states = state?.split(',')
  return (
    <Paper withBorder px="sm" py={6} component="section" aria-label="Actions on many tasks">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <Text size="sm" fw={600} aria-live="polite">{isMarked ? `${count(marked.size)} marked` : 'All that match'}</Text>
          {isMarked ? <Button size="compact-xs" variant="subtle" color="gray" onClick={onUnmark}>Unmark</Button> : <Text size="xs" c="dimmed" visibleFrom="sm">or mark rows: x, with Shift a range</Text>}
        </Group>
        <Group gap={6}>
          {(Object.keys(ACTIONS) as BulkAction[]).map((name) => {
            const { label, icon: Icon, can, about, undo, done, isDangerous } = ACTIONS[name]
            const blocked = isMarked ? undefined
              : isSearch ? 'The server finds what is in tasks by looking, not all at once: mark the rows that are meant'
                : states && !states.some((each) => (can as readonly string[]).includes(each)) ? `${label} is for tasks that are ${can.join(' or ')}` : undefined
            return (
              <Action key={name} label={`${label}${isMarked ? ` ${count(marked.size)} marked` : ' all'}`} confirmLabel={label} icon={<Icon size={15} />} size="compact-sm" blocked={blocked} isDangerous={isDangerous} undo={undo}
                about={() => <Counted action={name} scope={scope} about={about} can={can} />} run={() => bulk(name, scope, false)} done={(answer) => `${count(answer.count)} ${done}`} onDone={onDone} />
            )
          })}
        </Group>
      </Group>
    </Paper>
  )
}

function Counted({ action, scope, about, can }: { action: BulkAction; scope: Scope; about: string; can: readonly string[] }) {
  const counted = useQuery({ queryKey: ['bulk-count', action, scope], queryFn: () => bulk(action, scope, true), staleTime: 0, gcTime: 0 })
  if (counted.isError) return <Problem error={counted.error} onRetry={() => void counted.refetch()} />
  if (!counted.data) return <span role="status">Counting…</span>
  const number = counted.data.count
  if (number === 0) return <>None of them is {can.join(' or ')}; nothing will happen.</>
  const restrictions = 'ids' in scope ? [] : Object.entries(scope).filter(([, value]) => value)
  return (
    <>
      <Text span inherit fw={650}>{number >= COUNTED_MAX ? `${count(COUNTED_MAX)} or more` : count(number)} {number === 1 ? 'task' : 'tasks'}</Text>
      {'ids' in scope ? ' of those marked' : restrictions.length ? ` (${restrictions.map(([name, value]) => `${name}: ${value}`).join(', ')})` : ' of all queues and types'} {about}.
    </>
  )
}

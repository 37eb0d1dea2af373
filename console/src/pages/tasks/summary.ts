import { stringify } from '../../api/json'
import type { Task } from './api'

const LONGEST = 160

/** What a task is about, in a line: why it failed, how far it is, or what it was given. */
export function summary(task: Pick<Task, 'state' | 'error' | 'progress' | 'payload'>): string {
  const progress = task.progress as { percent?: number; message?: string } | null | undefined
  const text = task.error && task.state !== 'finished'
    ? task.error.split('\n')[0]!
    : task.state === 'started' && progress?.percent !== undefined ? `${progress.percent} % ${progress.message ?? ''}` : stringify(task.payload, 0)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

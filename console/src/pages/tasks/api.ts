import { api, body } from '../../api/client'
import { stringify, type Json } from '../../api/json'

// Values of JSON are typed as such here, which the API's document leaves open.

export interface Task {
  id: string
  type: string
  queue: string
  state: string
  priority: number
  attempt: number
  max_attempts: number
  created_at: string
  run_at: string
  started_at: string | null
  ended_at: string | null
  worker: string | null
  key: string | null
  payload: Json
  result: Json
  error: string | null
  progress: Json
  timeout_ms: number | null
  partition: string | null
  waits_for: number
}

export interface Attempt {
  attempt: number
  outcome: string
  worker: string | null
  started_at: string | null
  ended_at: string
  duration_ms: number | null
  result: Json
  error: string | null
}

export interface TaskDetail extends Task {
  attempts: Attempt[]
}

export interface LogLine {
  id: number
  attempt: number
  at: string
  text: string
}

export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

export interface Statistics {
  by_state: Record<string, number>
  by_type: Record<string, number>
  average_duration_ms: number | null
  oldest_wait_ms: number | null
  finished_last_minute: number
  wait_ms: Percentiles | null
  run_ms: Percentiles | null
}

export interface TaskQuery {
  state?: string
  type?: string
  queue?: string
  partition?: string
  payload?: string
  text?: string
  cursor?: string
  limit?: number
}

/** An answer as it is. */
async function answer<T>(given: Promise<{ data?: unknown }>): Promise<T> {
  return (await body(given)) as T
}

export const listTasks = (query: TaskQuery) => answer<{ items: Task[]; next: string | null; looked_at: number | null }>(api.GET('/api/tasks', { params: { query } }))
export const getTask = (id: string) => answer<TaskDetail>(api.GET('/api/tasks/{id}', { params: { path: { id } } }))
export const getStatistics = () => answer<Statistics>(api.GET('/api/statistics'))
export const retryTask = (id: string) => answer<TaskDetail>(api.POST('/api/tasks/{id}/retry', { params: { path: { id } } }))
export const cancelTask = (id: string) => answer<TaskDetail>(api.POST('/api/tasks/{id}/cancel', { params: { path: { id } } }))
export const readLog = (id: string, after: number) => answer<{ items: LogLine[]; next: number | null }>(api.GET('/api/tasks/{id}/log', { params: { path: { id }, query: { after, limit: 1000 } } }))

/** A task as it is to be enqueued; durations are texts such as `30s`. */
export interface NewTask {
  type: string
  queue?: string
  payload?: Json
  priority?: number
  delay?: string
  max_attempts?: number
  timeout?: string
  partition?: string
  key?: string
}

// The request is written here, too, since long integers have to stay what they are.
export const enqueueTask = (task: NewTask) => answer<{ id: string }>(api.POST('/api/tasks', { body: task as never, bodySerializer: (given) => stringify(given, 0) }))

export type BulkAction = 'retry' | 'cancel' | 'discard'

/** Which tasks are meant: those with these ids, or all that match. */
export type Scope = { ids: string[] } | { state?: string; type?: string; queue?: string; partition?: string }

export const bulk = (action: BulkAction, scope: Scope, dry_run: boolean) => answer<{ count: number; dry_run: boolean }>(api.POST('/api/tasks/bulk', { body: { action, ...scope, dry_run } as never }))

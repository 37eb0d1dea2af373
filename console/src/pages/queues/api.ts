import { api, body } from '../../api/client'
import { stringify, type Json } from '../../api/json'

// Values of JSON are typed as such here, which the API's document leaves open.

export interface Queue {
  name: string
  paused_at: string | null
  draining_at: string | null
  concurrency: number | null
  rate: number | null
  burst: number | null
  partition_concurrency: number | null
  partition_rate: number | null
  partition_burst: number | null
  ageing_ms: number | null
  durable: boolean
  queued: number
  started: number
  oldest_wait_ms: number | null
}

export interface Minute {
  minute: string
  finished: number
  failed: number
  retried: number
  wait_ms: number | null
  run_ms: number | null
  run_max_ms: number
}

export interface RunningTask {
  id: string
  type: string
  queue: string
  attempt: number
  started_at: string
  progress: Json
}

export interface Worker {
  id: string
  types: string[] | null
  concurrency: number | null
  started_at: string | null
  seen_at: string | null
  running: number
  tasks: RunningTask[]
}

export interface Schedule {
  name: string
  cron: string | null
  every: string | null
  zone: string
  catch_up: string
  type: string
  queue: string
  priority: number
  payload: Json
  paused_at: string | null
  next_run_at: string
  upcoming: string[]
  last_run_at: string | null
  last_task_id: string | null
}

/** An answer as it is. */
async function answer<T>(given: Promise<{ data?: unknown }>): Promise<T> {
  return (await body(given)) as T
}

export const listQueues = () => answer<{ items: Queue[] }>(api.GET('/api/queues'))
export const getMinutes = (minutes: number, queue?: string) => answer<{ items: Minute[] }>(api.GET('/api/statistics/minutes', { params: { query: { minutes, queue } } }))
export const listWorkers = () => answer<{ items: Worker[]; unserved: { queue: string; type: string; wait_ms: number }[] }>(api.GET('/api/workers'))
export const listSchedules = () => answer<{ items: Schedule[] }>(api.GET('/api/schedules'))

export const changeQueue = (name: string, verb: 'pause' | 'resume' | 'drain') => answer<Queue>(api.POST(`/api/queues/{name}/${verb}`, { params: { path: { name } } }))

/** What holds for a queue; what is left out does not hold. */
export interface QueueOptions {
  concurrency?: number
  rate?: number
  burst?: number
  partition_concurrency?: number
  partition_rate?: number
  partition_burst?: number
  ageing?: string
  durable?: boolean
}

export const setQueue = (name: string, options: QueueOptions) => answer<Queue>(api.PUT('/api/queues/{name}', { params: { path: { name } }, body: options as never }))

export const changeSchedule = (name: string, verb: 'pause' | 'resume') => answer<Schedule>(api.POST(`/api/schedules/{name}/${verb}`, { params: { path: { name } } }))
export const triggerSchedule = (name: string) => answer<{ id: string }>(api.POST('/api/schedules/{name}/trigger', { params: { path: { name } } }))
export const deleteSchedule = (name: string) => answer<void>(api.DELETE('/api/schedules/{name}', { params: { path: { name } } }))

export interface ScheduleInput {
  cron?: string
  every?: string
  zone?: string
  catch_up?: string
  task: { type: string; queue?: string; priority?: number; payload?: Json }
}

export const putSchedule = (name: string, schedule: ScheduleInput) => answer<Schedule>(api.PUT('/api/schedules/{name}', { params: { path: { name } }, body: schedule as never, bodySerializer: (given) => stringify(given, 0) }))

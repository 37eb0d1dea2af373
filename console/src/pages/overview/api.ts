import { api, body, request } from '../../api/client'

export interface HealthReport {
  status: string
  version: string
  database_version: string
  database_connected: boolean
  queue: string
  queue_connected: boolean
  pool: { active: number; idle: number; waiting: number; max: number }
  replicas: { configured: number; ready: number }
  worker: { status: string; active: number; capacity: number }
  problems: { problem: string; remedy: string }[]
}

export interface Backups {
  target: string | null
  items: { name: string; taken_at: string; problem: string | null }[]
}

export interface Run {
  state: string
  error: string | null
  ended_at: string
}

export interface Check {
  name: string
  title: string
  status: string
  detail: string
  remedy: string
}

/** An answer as it is: the API's document says of none of them what is always there. */
async function answer<T>(given: Promise<{ data?: unknown }>): Promise<T> {
  return (await body(given)) as T
}

export const getHealth = async () => (await (await request('/health')).json()) as HealthReport
export const newestBackup = () => answer<Backups>(api.GET('/api/backups', { params: { query: { limit: 1 } } }))
export const newestRun = () => answer<{ items: Run[] }>(api.GET('/api/backup-runs', { params: { query: { limit: 1 } } }))
export const newestDrill = () => answer<{ items: Run[] }>(api.GET('/api/drills', { params: { query: { limit: 1 } } }))
export const listReplicas = () => answer<{ items: { name: string; state: string; lag_ms: number | null; problem: string }[] }>(api.GET('/api/database/replicas'))
export const examine = () => answer<{ status: string; checks: Check[] }>(api.GET('/api/doctor'))

import type { Json } from '../../api/json'

/** The tasks by which knowledge comes in. */
export const INGESTION_TYPES: Record<string, string> = { scan_repository: 'Scan', import_knowledge: 'Import', 'knowledge.embed': 'Vectors' }

export interface IngestionTask {
  id: string
  type: string
  state: string
  created_at: string
  payload: { [key: string]: Json } | null
  result: { [key: string]: Json } | null
  error: string | null
  progress: { [key: string]: Json } | null
}

/** What a task is about: a path, an address, a collection. */
export function subject(task: IngestionTask): string {
  const { repository, path, url, source, collection } = task.payload ?? {}
  return [repository, path, url, source, collection].find((each): each is string => typeof each === 'string' && each !== '') ?? ''
}

export function progressOf(task: IngestionTask): { percent: number; message: string } | undefined {
  const percent = task.progress?.percent
  if (typeof percent !== 'number') return undefined
  const message = task.progress?.message
  return { percent, message: typeof message === 'string' ? message : '' }
}

/** What came of it, in words: what was counted, or why it failed. */
export function outcome(task: IngestionTask): string {
  if (task.error) return task.error
  const counts = Object.entries((task.result?.counters ?? task.result ?? {}) as { [key: string]: Json }).flatMap(([name, value]) => {
    const total = typeof value === 'number' ? value : value !== null && typeof value === 'object' && !Array.isArray(value) && typeof value.total === 'number' ? value.total : 0
    return total > 0 ? [`${total} ${name.replaceAll('_', ' ')}`] : []
  })
  return counts.slice(0, 6).join(', ')
}

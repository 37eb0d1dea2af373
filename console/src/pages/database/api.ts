import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useLiveState } from '../../live/LiveContext'
import { api, body, type Schemas } from '../../api/client'
import { sent, type Sent } from '../../api/sent'

export type DatabaseSession = Sent<Schemas['DatabaseSessionView'], 'client' | 'waits_for' | 'transaction_ms' | 'query_ms'>
export type Lock = Sent<Schemas['LockView'], 'waited_ms' | 'client' | 'waits_for' | 'transaction_ms' | 'query_ms'>
export type Locks = { items: Lock[]; holders: DatabaseSession[] }
export type Sessions = { items: DatabaseSession[]; by_state: Record<string, number> }
export type Pool = Sent<Schemas['PoolView']>
export type Replica = Sent<Schemas['ReplicaView'], 'lag_ms' | 'lag_bytes'>
export type Replicas = { items: Replica[]; decisions: Sent<Schemas['DecisionsView']> }
export type TableSize = Sent<Schemas['SizeView'], 'parent' | 'vacuumed_at' | 'analyzed_at'>
export type IndexUse = Sent<Schemas['IndexUseView']>
export type SlowQuery = Sent<Schemas['SlowQueryView'], 'table' | 'caller' | 'row_count'>
export type SlowSum = Sent<Schemas['SumView'], 'table'>
export type StatementLine = Sent<Schemas['StatementLineView'], 'table'>
export type Statements = { available: boolean; remedy: string; items: StatementLine[] }
export type Explained = { lines: string[]; advice: { kind: string; detail: string; fix: string | null }[]; planning_ms: number | null; execution_ms: number | null; plan: unknown }
export type Migration = Sent<Schemas['MigrationView'], 'applied_at' | 'duration_ms' | 'transactional' | 'locks'>
export type Migrations = { version: number; up_to_date: boolean; items: Migration[] }
export type Backup = Sent<Schemas['BackupView'], 'key' | 'problem'>
export type BackupRun = Sent<Schemas['RunView'], 'name' | 'error'>
export type Drill = Omit<Sent<Schemas['DrillView'], 'backup' | 'rpo_ms' | 'rto_ms' | 'error'>, 'checks'> & { checks: unknown }
export type Parameter = Sent<Schemas['ParameterView']>

export interface Page<T> {
  items: T[]
}

/** What the server itself counts changes without anybody telling; it is read again so often while somebody looks. */
export const REREAD_SECONDS = 10

/** A query about what nobody is told of. It rests while live updates are paused, and while the page is hidden. */
export function useReread<T>(name: string, queryFn: () => Promise<T>): UseQueryResult<T> {
  const isPaused = useLiveState() === 'paused'
  return useQuery({ queryKey: ['database', name], queryFn, refetchInterval: isPaused ? false : REREAD_SECONDS * 1000 })
}

export const LIMIT = 1000

export const usePool = () => useReread('pool', () => sent<Pool>(body(api.GET('/api/database/pool'))))
export const useReplicas = () => useReread('replicas', () => sent<Replicas>(body(api.GET('/api/database/replicas'))))
export const useActivity = () => useReread('activity', () => sent<Sessions>(body(api.GET('/api/database/activity', { params: { query: { limit: LIMIT } } }))))
export const useLocks = () => useReread('locks', () => sent<Locks>(body(api.GET('/api/database/locks', { params: { query: { limit: LIMIT } } }))))

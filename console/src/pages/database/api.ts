import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useLiveState } from '../../live/LiveContext'
import { api, body, type Schemas } from '../../api/client'

export type DatabaseSession = Schemas['DatabaseSessionView']
export type Lock = Schemas['LockView']
export type Locks = Schemas['LocksView']
export type Sessions = Schemas['SessionsView']
export type Pool = Schemas['PoolView']
export type Replica = Schemas['ReplicaView']
export type Replicas = Schemas['ReplicasView']
export type TableSize = Schemas['SizeView']
export type IndexUse = Schemas['IndexUseView']
export type SlowQuery = Schemas['SlowQueryView']
export type SlowSum = Schemas['SumView']
export type StatementLine = Schemas['StatementLineView']
export type Statements = Schemas['StatementsView']
export type Explained = Schemas['ExplainedView']
export type Migration = Schemas['MigrationView']
export type Migrations = Schemas['MigrationsView']
export type Backup = Schemas['BackupView']
export type BackupRun = Schemas['RunView']
export type Drill = Schemas['DrillView']
export type Parameter = Schemas['ParameterView']

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

export const usePool = () => useReread('pool', () => body(api.GET('/api/database/pool')))
export const useReplicas = () => useReread('replicas', () => body(api.GET('/api/database/replicas')))
export const useActivity = () => useReread('activity', () => body(api.GET('/api/database/activity', { params: { query: { limit: LIMIT } } })))
export const useLocks = () => useReread('locks', () => body(api.GET('/api/database/locks', { params: { query: { limit: LIMIT } } })))

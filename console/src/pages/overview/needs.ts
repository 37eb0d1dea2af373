import { count, duration } from '../../components/format'
import type { Queue } from '../queues/api'
import type { Backups, Check, HealthReport, Run } from './api'

/** Something that wants somebody's attention, the worst first. */
export interface Need {
  tone: 'bad' | 'warn'
  text: string
  remedy?: string
  /** Where to look; a path of the console. */
  to?: string
}

/** A task that waits longer is worth a look. */
const WAIT_MS = 5 * 60_000
const BACKUP_AGE_MS = 26 * 3_600_000
const WAITS_SHOWN = 3

export interface State {
  health?: HealthReport
  healthError?: string
  failed?: { of: number; span: string }
  queues?: Queue[]
  unserved?: { queue: string; type: string; wait_ms: number }[]
  backups?: Backups
  run?: Run
  drill?: Run
  checks?: Check[]
  reviews?: number
}

/** What needs somebody now, in words. What is not known yet is not said. */
export function needs(state: State, now = Date.now()): Need[] {
  const list: Need[] = []
  const add = (tone: Need['tone'], text: string, remedy?: string, to?: string) => list.push({ tone, text, remedy, to })
  if (state.healthError) add('bad', `The health of the server is not known: ${state.healthError}`, 'See that it runs: ./howdah up')
  state.health?.problems.forEach((each) => add(state.health!.status === 'down' ? 'bad' : 'warn', each.problem, each.remedy))
  if (state.health?.pool.waiting) add('warn', `${count(state.health.pool.waiting)} wait for a connection; all ${state.health.pool.max} of the pool are in use.`, 'See who holds them.', '/database')
  if (state.failed?.of) add('bad', `${count(state.failed.of)} ${state.failed.of === 1 ? 'task' : 'tasks'} failed for good in the last ${state.failed.span}.`, 'See why, and retry them.', '/tasks?state=failed')
  for (const queue of state.queues ?? []) {
    const name = queue.name === '*' ? 'All queues together' : `The queue ${queue.name}`
    const verb = queue.name === '*' ? 'have' : 'has'
    if (queue.paused_at) add('warn', `${name} ${verb} been paused for ${duration(now - Date.parse(queue.paused_at))}${queue.queued ? `; ${count(queue.queued)} wait` : ''}.`, 'Resume it when its cause is gone.', to(queue))
    else if (queue.draining_at) add('warn', `${name} ${verb} taken no new tasks for ${duration(now - Date.parse(queue.draining_at))}.`, 'Resume it when its cause is gone.', to(queue))
  }
  const slow = (state.queues ?? []).filter((queue) => !queue.paused_at && (queue.oldest_wait_ms ?? 0) > WAIT_MS).sort((a, b) => b.oldest_wait_ms! - a.oldest_wait_ms!)
  slow.slice(0, WAITS_SHOWN).forEach((queue) => add('warn', `In ${queue.name} a task has waited for ${duration(queue.oldest_wait_ms)}; ${count(queue.queued)} wait, ${count(queue.started)} run.`, 'Raise its limit or start more workers.', to(queue)))
  state.unserved?.slice(0, WAITS_SHOWN).forEach((each) => add('warn', `No known worker takes ${each.type}, which has waited in ${each.queue} for ${duration(each.wait_ms)}.`, 'Start one that does.', '/queues/workers'))
  if (state.run?.state === 'failed') add('bad', `The last backup failed: ${state.run.error ?? 'no reason is known'}`, 'See the backups.', '/database')
  if (state.drill?.state === 'failed') add('bad', `The last rehearsal of a restore failed: ${state.drill.error ?? 'no reason is known'}`, 'See the backups.', '/database')
  if (state.backups?.target) {
    const newest = state.backups.items[0]
    if (!newest) add('warn', 'There is no backup yet.', 'Make one: howdah backup create', '/database')
    else if (newest.problem) add('bad', `The newest backup cannot be used: ${newest.problem}`, 'Make another: howdah backup create', '/database')
    else if (now - Date.parse(newest.taken_at) > BACKUP_AGE_MS) add('warn', `The newest backup is ${duration(now - Date.parse(newest.taken_at))} old.`, 'Make one: howdah backup create', '/database')
  }
  state.checks?.filter((check) => ['critical', 'error', 'warning'].includes(check.status)).forEach((check) => add(check.status === 'warning' ? 'warn' : 'bad', `Doctor: not so that ${check.title}. ${check.detail}`, check.remedy, '/database'))
  return list.sort((a, b) => Number(a.tone === 'warn') - Number(b.tone === 'warn'))
}

function to(queue: Queue) {
  return `/queues?queue=${encodeURIComponent(queue.name)}`
}

/** The parts that are in order, for when nothing is wrong. */
export function inOrder(state: State): string {
  const parts = []
  if (state.health) {
    parts.push(`PostgreSQL ${state.health.database_version} answers`)
    if (state.health.queue === 'redis') parts.push('so does Redis')
    if (state.health.worker.status === 'ok') parts.push(`the worker runs ${state.health.worker.active} of ${state.health.worker.capacity}`)
    if (state.health.replicas.configured) parts.push(`${state.health.replicas.ready} of ${state.health.replicas.configured} replicas are ready`)
  }
  if (state.backups) parts.push(state.backups.target ? `${state.backups.items.length ? 'backups are there' : 'backups have a target'}` : 'no backups are configured')
  return parts.length ? `${parts.join(', ')}.` : ''
}

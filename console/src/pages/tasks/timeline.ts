import { duration } from '../../components/format'
import type { Tone } from '../../components/State'

export interface TimelineTask {
  state: string
  attempt: number
  max_attempts: number
  created_at: string
  run_at: string
  started_at?: string | null
  ended_at?: string | null
  worker?: string | null
  waits_for: number
  attempts: { attempt: number; outcome: string; worker?: string | null; started_at?: string | null; ended_at: string; error?: string | null }[]
}

/** A point in a task's life; those on a branch are attempts after which it went back. */
export interface Step {
  key: string
  title: string
  tone: Tone
  at: string | undefined
  /** What lies between the step before and this one. */
  after?: string
  about?: string
  isBranch?: boolean
  /** It has not happened yet. */
  isAhead?: boolean
}

const OUTCOMES: Record<string, { word: string; tone: Tone }> = {
  finished: { word: 'finished', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  lost: { word: 'was lost with its worker', tone: 'bad' },
  cancelled: { word: 'was cancelled', tone: 'off' },
  released: { word: 'was handed back', tone: 'warn' },
  snoozed: { word: 'was put off', tone: 'warn' },
}

const SCHEDULED_FROM_MS = 500

function between(from: string | null | undefined, to: string | null | undefined): number | undefined {
  return from && to ? Date.parse(to) - Date.parse(from) : undefined
}

/** What happened to a task, in order, and what is to come. */
export function steps(task: TimelineTask, now = Date.now()): Step[] {
  const list: Step[] = [{ key: 'created', title: 'Created', tone: 'idle', at: task.created_at }]
  const isFirst = task.attempts.length === 0
  if (isFirst && (between(task.created_at, task.run_at) ?? 0) > SCHEDULED_FROM_MS) {
    list.push({ key: 'due', title: 'May run', tone: 'idle', at: task.run_at, after: `put off for ${duration(between(task.created_at, task.run_at))}`, isAhead: Date.parse(task.run_at) > now })
  }
  const isEnded = ['finished', 'failed', 'cancelled'].includes(task.state)
  let before = task.created_at
  task.attempts.forEach((attempt, i) => {
    const isLast = isEnded && i === task.attempts.length - 1
    const { word, tone } = OUTCOMES[attempt.outcome] ?? { word: attempt.outcome, tone: 'idle' as const }
    const waited = between(before, attempt.started_at)
    list.push({
      key: `attempt-${i}`, title: attempt.started_at ? `Attempt ${attempt.attempt} ${word}` : `It ${word} before it ran`, tone, at: attempt.ended_at, isBranch: !isLast,
      after: waited === undefined ? undefined : `waited ${duration(waited)}${i > 0 && attempt.attempt === task.attempts[i - 1]!.attempt ? ', retried by hand' : ''}`,
      about: [attempt.started_at && `ran ${duration(between(attempt.started_at, attempt.ended_at))}`, attempt.worker && `on ${attempt.worker}`].filter(Boolean).join(' '),
    })
    before = attempt.ended_at
  })
  if (task.state === 'started') {
    list.push({ key: 'running', title: `Attempt ${task.attempt} runs`, tone: 'busy', at: task.started_at ?? undefined, after: between(before, task.started_at) === undefined ? undefined : `waited ${duration(between(before, task.started_at))}`, about: task.worker ? `on ${task.worker}` : undefined })
  } else if (task.state === 'queued') {
    const isRetry = task.attempts.length > 0
    if (Date.parse(task.run_at) > now) {
      if (isRetry) list.push({ key: 'again', title: `Attempt ${task.attempt + 1} may run`, tone: 'warn', at: task.run_at, isAhead: true, after: 'back-off before the next attempt' })
    } else list.push({ key: 'waiting', title: task.waits_for > 0 ? 'Waits for other tasks' : isRetry ? `Waits for attempt ${task.attempt + 1}` : 'Waits for a worker', tone: 'idle', at: undefined, isAhead: true })
  }
  if (isEnded && task.attempts.length === 0) list.push({ key: 'ended', title: task.state, tone: OUTCOMES[task.state]?.tone ?? 'idle', at: task.ended_at ?? undefined })
  return list
}

export interface QueueState {
  name: string
  paused_at?: string | null
  concurrency?: number | null
  rate?: number | null
  started: number
  queued: number
}

/** Why a queued task does not run, the surest reason first; each with what would change it. */
export function whyItWaits(task: { state: string; type: string; queue: string; run_at: string; waits_for: number; attempt: number; partition?: string | null }, queue: QueueState | undefined, everything: QueueState | undefined, workers: { types?: string[] | null; concurrency?: number | null; running: number }[] | undefined, now = Date.now()): { reason: string; remedy: string }[] {
  if (task.state !== 'queued') return []
  const reasons: { reason: string; remedy: string }[] = []
  if (task.waits_for > 0) reasons.push({ reason: `It waits for ${task.waits_for === 1 ? 'another task' : `${task.waits_for} other tasks`} to end.`, remedy: 'It is let go when they end; if one of them fails it may be cancelled.' })
  const wait = Date.parse(task.run_at) - now
  if (wait > 0) reasons.push({ reason: task.attempt > 0 ? `Its last attempt failed; the next one may start in ${duration(wait)}.` : `It is put off: it may start in ${duration(wait)}.`, remedy: 'It runs by itself then.' })
  for (const each of [queue, everything]) {
    if (!each) continue
    const name = each.name === '*' ? 'All queues together' : `The queue ${each.name}`
    if (each.paused_at) reasons.push({ reason: `${name} ${each.name === '*' ? 'are' : 'is'} paused.`, remedy: `Resume it on the page of queues, or: howdah queues resume ${each.name === '*' ? "'*'" : each.name}` })
    if (each.concurrency && each.started >= each.concurrency) reasons.push({ reason: `${name} may run ${each.concurrency} at once, and ${each.started} run.`, remedy: 'It starts when one of them ends; or raise the limit.' })
    else if (each.rate && each.queued > 0) reasons.push({ reason: `${name} may start ${each.rate} tasks a second, and ${each.queued} wait.`, remedy: 'It starts when its turn comes; or raise the limit.' })
  }
  if (workers) {
    const able = workers.filter((worker) => worker.types?.includes(task.type))
    if (able.length === 0) reasons.push({ reason: `No worker that is known takes the type ${task.type}.`, remedy: 'Start one that does; workers over HTTP are only known while they run something.' })
    else if (able.every((worker) => worker.concurrency != null && worker.running >= worker.concurrency)) reasons.push({ reason: `All workers that take ${task.type} are busy.`, remedy: 'It starts when one has a place; or start more workers.' })
  }
  if (reasons.length === 0) reasons.push({ reason: queue && queue.queued > 1 ? `${queue.queued} tasks wait in its queue; those of higher priority and older ones come first.` : 'Nothing stands in its way: a worker takes it within a moment.', remedy: '' })
  return reasons
}

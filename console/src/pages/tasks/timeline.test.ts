import { describe, expect, it } from 'vitest'
import { steps, whyItWaits, type TimelineTask } from './timeline'

const NOW = Date.parse('2026-01-01T12:00:00Z')
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString()
const task = (change: Partial<TimelineTask>): TimelineTask => ({ state: 'queued', attempt: 0, max_attempts: 3, created_at: at(-60), run_at: at(-60), waits_for: 0, attempts: [], ...change })

describe('the timeline of a task', () => {
  it('branches where an attempt failed, and ends', () => {
    const list = steps(task({ state: 'finished', attempt: 2, ended_at: at(-1), attempts: [{ attempt: 1, outcome: 'failed', started_at: at(-50), ended_at: at(-48), error: 'x', worker: 'w1' }, { attempt: 2, outcome: 'finished', started_at: at(-10), ended_at: at(-1) }] }), NOW)
    expect(list.map((step) => [step.title, step.isBranch ?? false])).toEqual([['Created', false], ['Attempt 1 failed', true], ['Attempt 2 finished', false]])
    expect(list[1]).toMatchObject({ after: 'waited 10 s', about: 'ran 2.0 s on w1' })
  })
  it('says what is to come', () => {
    expect(steps(task({ run_at: at(3600) }), NOW).at(-1)).toMatchObject({ title: 'May run', isAhead: true })
    expect(steps(task({}), NOW).at(-1)).toMatchObject({ title: 'Waits for a worker' })
    expect(steps(task({ attempt: 1, run_at: at(9), attempts: [{ attempt: 1, outcome: 'failed', started_at: at(-3), ended_at: at(-2) }] }), NOW).at(-1)).toMatchObject({ title: 'Attempt 2 may run', isAhead: true })
  })
  it('knows a task that was cancelled before it ran', () => expect(steps(task({ state: 'cancelled', ended_at: at(-1), attempts: [{ attempt: 0, outcome: 'cancelled', ended_at: at(-1) }] }), NOW).at(-1)!.title).toBe('It was cancelled before it ran'))
})

describe('why a task waits', () => {
  const waiting = { state: 'queued', type: 'resize', queue: 'images', run_at: at(-1), waits_for: 0, attempt: 0 }
  const queue = { name: 'images', started: 2, queued: 3 }
  const able = [{ types: ['resize'], concurrency: 4, running: 1 }]
  it('names a pause, a limit, dependencies, a time and a missing worker', () => {
    expect(whyItWaits(waiting, { ...queue, paused_at: at(-9) }, undefined, able, NOW)[0]!.reason).toBe('The queue images is paused.')
    expect(whyItWaits(waiting, { ...queue, concurrency: 2 }, undefined, able, NOW)[0]!.reason).toBe('The queue images may run 2 at once, and 2 run.')
    expect(whyItWaits({ ...waiting, waits_for: 1 }, queue, undefined, able, NOW)[0]!.reason).toContain('another task')
    expect(whyItWaits({ ...waiting, run_at: at(90) }, queue, undefined, able, NOW)[0]!.reason).toContain('1 min 30 s')
    expect(whyItWaits(waiting, queue, undefined, [], NOW)[0]!.reason).toContain('No worker')
    expect(whyItWaits(waiting, queue, undefined, [{ ...able[0]!, running: 4 }], NOW)[0]!.reason).toContain('busy')
  })
  it('says that nothing is in the way, and nothing of a task that runs', () => {
    expect(whyItWaits(waiting, { ...queue, queued: 1 }, undefined, able, NOW)[0]!.reason).toContain('Nothing stands')
    expect(whyItWaits({ ...waiting, state: 'started' }, queue, undefined, able, NOW)).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { Queue } from '../queues/api'
import { inOrder, needs } from './needs'

const NOW = Date.parse('2026-01-01T12:00:00Z')
const ago = (ms: number) => new Date(NOW - ms).toISOString()
const health = { status: 'ok', version: '1', database_version: '17.2', database_connected: true, queue: 'postgresql', queue_connected: true, pool: { active: 1, idle: 2, waiting: 0, max: 25 }, replicas: { configured: 0, ready: 0 }, worker: { status: 'ok', active: 2, capacity: 16 }, problems: [] }
const queue: Queue = { name: 'mail', paused_at: null, draining_at: null, concurrency: null, rate: null, burst: null, partition_concurrency: null, partition_rate: null, partition_burst: null, ageing_ms: null, durable: true, queued: 6, started: 0, oldest_wait_ms: 1000 }

describe('what needs somebody', () => {
  it('is nothing when all is well', () => {
    expect(needs({ health, queues: [queue], backups: { target: null, items: [] }, failed: { of: 0, span: 'hour' } }, NOW)).toEqual([])
    expect(inOrder({ health, backups: { target: null, items: [] } })).toBe('PostgreSQL 17.2 answers, the worker runs 2 of 16, no backups are configured.')
  })
  it('says the worst first, with what to do and where', () => {
    const found = needs({ health: { ...health, status: 'degraded', problems: [{ problem: 'replica r1 is behind', remedy: 'howdah replicas tells more' }] }, failed: { of: 3, span: 'hour' }, queues: [{ ...queue, paused_at: ago(120_000) }, { ...queue, name: 'images', oldest_wait_ms: 900_000 }] }, NOW)
    expect(found.map((each) => each.text)).toEqual(['3 tasks failed for good in the last hour.', 'replica r1 is behind', 'The queue mail has been paused for 2 min; 6 wait.', 'In images a task has waited for 15 min; 6 wait, 0 run.'])
    expect(found[2]!.to).toBe('/queues?queue=mail')
  })
  it('watches backups', () => {
    expect(needs({ backups: { target: 's3://b', items: [] } }, NOW)[0]!.text).toBe('There is no backup yet.')
    expect(needs({ backups: { target: 's3://b', items: [{ name: 'a', taken_at: ago(50 * 3_600_000), problem: null }] } }, NOW)[0]!.text).toBe('The newest backup is 2 d 2 h old.')
    expect(needs({ run: { state: 'failed', error: 'disk full', ended_at: ago(1) } }, NOW)[0]!).toMatchObject({ tone: 'bad', text: 'The last backup failed: disk full' })
  })
  it('passes on what the doctor found', () => expect(needs({ checks: [{ name: 'bloat', title: 'tables have little dead space', status: 'warning', detail: 'tasks 40 %', remedy: 'VACUUM tasks' }] }, NOW)).toEqual([{ tone: 'warn', text: 'Doctor: not so that tables have little dead space. tasks 40 %', remedy: 'VACUUM tasks', to: '/database' }]))
})

import { expect, it } from 'vitest'
import type { Queue } from './api'
import { limitsInWords, optionsOf } from './limits'

const queue: Queue = { name: 'mail', paused_at: null, draining_at: null, concurrency: null, rate: null, burst: null, partition_concurrency: null, partition_rate: null, partition_burst: null, ageing_ms: null, durable: true, queued: 0, started: 0, oldest_wait_ms: null }

it('says what limits a queue', () => {
  expect(limitsInWords(queue)).toBe('No limit.')
  expect(limitsInWords({ ...queue, concurrency: 4, rate: 5, burst: 20, partition_concurrency: 1, ageing_ms: 60_000 })).toBe('At most 4 at once; 5 a second, 20 in a burst; 1 at once for each partition. A task that waits gains one priority every 1 min.')
})
it('sends again what was set', () => expect(optionsOf({ ...queue, rate: 5, burst: 5, ageing_ms: 300_000 })).toEqual({ rate: 5, burst: 5, ageing: '300000ms', durable: true }))

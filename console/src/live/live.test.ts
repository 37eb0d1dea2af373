import { describe, expect, it } from 'vitest'
import { concerns, events, pace } from './live'

const answer = (...chunks: string[]) => new Response(new ReadableStream({
  start(controller) {
    chunks.forEach((chunk) => controller.enqueue(new TextEncoder().encode(chunk)))
    controller.close()
  },
}))

describe('server-sent events', () => {
  it('are put together from whatever pieces arrive', async () => {
    const seen: string[] = []
    for await (const data of events(answer(': hello\n\nid: 1\nevent: a\nda', 'ta: {"n":1}\n', '\ndata: x\r\ndata: y\r\n\r\ndata: cut off'))) seen.push(data)
    expect(seen).toEqual(['{"n":1}', 'x\ny'])
  })
})

describe('a pace', () => {
  it('lets a few through at once, then one at a time, and forgets after a rest', () => {
    const pause = pace(500, 3)
    expect([pause(10_000), pause(10_000), pause(10_000), pause(10_000), pause(10_500)]).toEqual([0, 0, 0, 500, 500])
    expect([pause(20_000), pause(20_000), pause(20_000), pause(20_000)]).toEqual([0, 0, 0, 500])
  })
})

describe('topics', () => {
  it('concern the queries that name them first', () => {
    const changed = new Set(['tasks'])
    expect(concerns(['tasks', 1], changed)).toBe(true)
    expect(concerns([['queues', 'tasks'], 1], changed)).toBe(true)
    expect(concerns(['queues', 'tasks'], changed)).toBe(false)
  })
})

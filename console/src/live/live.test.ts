import { describe, expect, it } from 'vitest'
import { concerns, events } from './live'

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

describe('topics', () => {
  it('concern the queries that name them first', () => {
    const changed = new Set(['tasks'])
    expect(concerns(['tasks', 1], changed)).toBe(true)
    expect(concerns([['queues', 'tasks'], 1], changed)).toBe(true)
    expect(concerns(['queues', 'tasks'], changed)).toBe(false)
  })
})

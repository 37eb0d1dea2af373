import type { CDPSession } from '@playwright/test'
import { api, expect, open, test, unique } from './support'

/** So long is watched: HOWDAH_MEMORY_MINUTES=60 for the hour that a page stays open. */
const MINUTES = Number(process.env.HOWDAH_MEMORY_MINUTES ?? 0.1)
/** Of tens of megabytes: rows, caches of pictures and code that is compiled meanwhile. */
const GROWTH_MAX_MB = 12

async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}

/** Prints what the page keeps; a page that is left open must not grow. */
for (const path of ['/', '/tasks', '/queues'] as const) {
  test(`${path} keeps its size while tasks come and go`, async ({ page }) => {
    test.setTimeout(MINUTES * 60_000 + 60_000)
    const type = unique('memory')
    const session = await page.context().newCDPSession(page)
    await open(page, path)
    const round = async () => {
      await api.post('/api/tasks/batch', { tasks: Array.from({ length: 20 }, (_, i) => ({ type, payload: { i, text: 'x'.repeat(200) } })) })
      const claimed = await api.post('/api/tasks/claim', { types: [type], worker: 'e2e', limit: 20, wait: '1s' })
      await Promise.all(claimed.tasks.map((task: { id: string; attempt: number }) => api.post(`/api/tasks/${task.id}/complete`, { attempt: task.attempt, result: {} })))
      await page.waitForTimeout(500)
    }
    for (let i = 0; i < 10; i++) await round() // libraries and caches are filled
    const first = await heap(session)
    const seen: number[] = []
    for (const end = Date.now() + MINUTES * 60_000; Date.now() < end;) {
      await round()
      if (seen.length * 60_000 * MINUTES / 12 < MINUTES * 60_000 - (end - Date.now())) seen.push(await heap(session))
    }
    console.log(`${path}: ${first.toFixed(1)} MB, then ${seen.map((each) => each.toFixed(1)).join(', ')} MB over ${MINUTES} min`)
    expect(seen.at(-1)! - first).toBeLessThan(GROWTH_MAX_MB)
  })
}

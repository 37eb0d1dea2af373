import { api, expect, open, test, unique } from './support'

const NODES = 500
const EVENTS_A_SECOND = 100

// A recording of the page takes longer than a frame.
test.use({ trace: 'off' })

/** Prints how fast a large graph is drawn, and how many frames a second are left while its events arrive; asserts nothing about time. */
test('a graph of 500 nodes while 100 events a second arrive', async ({ page }) => {
  const id = unique('large')
  const nodes = Array.from({ length: NODES }, (_, i) => ({ id: `n${i}`, type: i === 0 ? 'signal' : 'wait', config: i === 0 ? { name: 'go' } : { duration: '1h' }, dependencies: i === 0 ? [] : [`n${Math.max(0, i - 10)}`] }))
  await api.put(`/api/workflows/${id}`, { nodes })
  const execution = (await api.post(`/api/workflows/${id}/execute`, {})).execution_id
  // The events are made up here, so that exactly so many arrive: nodes begin and end in turn.
  await page.addInitScript(([execution, rate, nodes]) => {
    const real = window.fetch
    window.fetch = (input, init) => {
      const url = input instanceof Request ? input.url : String(input)
      if (!url.includes('/events/stream')) return real(input, init)
      let sequence = 1000
      return Promise.resolve(new Response(new ReadableStream({
        start(controller) {
          const text = new TextEncoder()
          setInterval(() => {
            const node = `n${Math.floor(sequence / 2) % nodes}`
            const event = { type: sequence % 2 ? 'node_completed' : 'node_started', timestamp: new Date().toISOString(), workflow_id: 'w', execution_id: execution, node_id: node, message: null, data: { attempt: 1 }, error: null, sequence: sequence++ }
            controller.enqueue(text.encode(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`))
          }, 1000 / rate)
        },
      }), { headers: { 'Content-Type': 'text/event-stream' } }))
    }
  }, [execution, EVENTS_A_SECOND, NODES] as const)
  await open(page, '/workflows')
  // Measured in the page, frame by frame: until the marks are painted.
  const drawn = await page.evaluate((to) => new Promise<number>((resolve) => {
    const begun = performance.now()
    location.hash = to
    const look = () => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas[role=img]')
      const isDrawn = canvas?.width && canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0)
      if (isDrawn) requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)))
      else requestAnimationFrame(look)
    }
    look()
  }), `/workflows/executions/${execution}`)
  const far = page.getByRole('img', { name: `${NODES} nodes from afar` })
  await expect(far).toBeVisible()
  const frames = await page.evaluate(() => new Promise<number[]>((resolve) => {
    const gaps: number[] = []
    let last = performance.now()
    const end = last + 5000
    const frame = (now: number) => {
      gaps.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(frame)
      else resolve(gaps)
    }
    requestAnimationFrame(frame)
  }))
  const sorted = frames.toSorted((a, b) => a - b)
  console.log(`${NODES} nodes drawn in ${drawn.toFixed(0)} ms; at ${EVENTS_A_SECOND} events a second ${(frames.length / 5).toFixed(1)} frames a second, p95 ${sorted[Math.floor(sorted.length * 0.95)]!.toFixed(1)} ms, longest ${sorted.at(-1)!.toFixed(1)} ms`)
  expect(await page.getByRole('grid', { name: 'Events' }).getByText('node completed').count()).toBeGreaterThan(0)
  // A mark is chosen like a node, and from near there is text.
  await far.scrollIntoViewIfNeeded()
  const box = (await far.boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2 - 2)
  await expect(page).toHaveURL(/node=n\d+/)
  await page.getByRole('button', { name: 'Zoom In' }).click({ clickCount: 12, delay: 20 })
  await expect(page.locator('.react-flow__node').first()).toContainText(/^n\d+/)
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(far).toBeVisible()
  await api.post(`/api/executions/${execution}/cancel`)
})

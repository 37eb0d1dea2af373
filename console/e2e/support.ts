import { expect, test as base, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export const SERVER = process.env.HOWDAH_URL ?? 'http://localhost:8080'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The server, as other programs use it. */
export const api = {
  async call<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(SERVER + path, { method, headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  },
  get: <T = any>(path: string) => api.call<T>('GET', path),
  post: <T = any>(path: string, body: unknown = {}) => api.call<T>('POST', path, body),
  put: <T = any>(path: string, body: unknown) => api.call<T>('PUT', path, body),
  delete: <T = any>(path: string) => api.call<T>('DELETE', path),
}

/** A name that nobody else in this run has. */
export function unique(prefix: string): string {
  return `${prefix}-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e6).toString(36)}`
}

/** Claims a queued task as a worker in another language would, and ends it. */
export async function work(type: string, end: { result?: unknown; error?: string; retryable?: boolean }): Promise<string> {
  const claimed = await api.post('/api/tasks/claim', { types: [type], worker: 'e2e', limit: 1, wait: '5s' })
  const task = claimed.tasks[0]
  if (!task) throw new Error(`no task of type ${type} is there to be claimed`)
  await api.post(`/api/tasks/${task.id}/complete`, { attempt: task.attempt, ...end })
  return task.id
}

/** Fails a test in which the page logged an error, broke its policy or asked another host for something. */
export const test = base.extend<{ quiet: void }>({
  quiet: [async ({ page, baseURL }, use) => {
    const wrong: string[] = []
    const allowed = new Set([new URL(baseURL!).host, new URL(SERVER).host])
    page.on('pageerror', (error) => wrong.push(`thrown: ${error.message}`))
    page.on('console', (message) => {
      // A refused request is logged by the browser; those that a test provokes it checks by what the page says.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(`logged: ${message.text()}`)
    })
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (/^(http|ws)/.test(url.protocol) && !allowed.has(url.host)) wrong.push(`asked ${url.host}`)
    })
    await use()
    // A request that a test answers itself may still be under way.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    expect(wrong).toEqual([])
  }, { auto: true }],
})

/** Opens a page of the console and waits until it shows its heading. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(`./#${path}`)
  await expect(page.locator('main h1').first()).toBeVisible()
}

/** No fault that axe finds by the rules of WCAG 2.2 A and AA, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // A hint at the mouse's place is no part of the page.
  await page.mouse.move(0, 0)
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  for (const scheme of ['light', 'dark'] as const) {
    await page.evaluate((value) => document.documentElement.setAttribute('data-mantine-color-scheme', value), scheme)
    await page.evaluate(AXE)
    const violations = await page.evaluate(async () => {
      // Colours fade over; axe is to see where they end.
      document.getAnimations().forEach((animation) => { try { animation.finish() } catch { animation.cancel() } })
      const result = await (window as any).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      return result.violations.map((each: any) => ({ rule: each.id, help: each.help, at: each.nodes.slice(0, 3).map((node: any) => `${node.target} ${node.failureSummary}`) }))
    })
    expect(violations, `axe, ${scheme}`).toEqual([])
  }
}

/** Nothing sticks out at the width of a small phone. */
export async function expectFitsPhone(page: Page): Promise<void> {
  const before = page.viewportSize()!
  await page.setViewportSize({ width: 380, height: 800 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
  await page.setViewportSize(before)
}

export { expect }

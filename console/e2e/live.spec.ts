import { api, expect, open, test, unique } from './support'

// A recording of the page would count as its own time.
test.use({ trace: 'off' })

/** Prints how long it takes from the request that enqueues a task to the task in the list; asserts nothing about time. */
test('a task is on the screen soon after it was enqueued', async ({ page }) => {
  await open(page, '/tasks')
  await expect(page.locator('[data-live=live]')).toBeVisible()
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    const type = unique('seen')
    const shown = page.evaluate((text) => new Promise<number>((resolve) => {
      const main = document.querySelector('main')!
      const watch = new MutationObserver(() => {
        if (!main.textContent.includes(text)) return
        watch.disconnect()
        requestAnimationFrame(() => resolve(Date.now()))
      })
      watch.observe(main, { childList: true, subtree: true, characterData: true })
    }), type)
    await page.waitForTimeout(1_000)
    const begun = Date.now()
    await api.post('/api/tasks', { type, payload: {} })
    times.push(await shown - begun)
  }
  times.sort((a, b) => a - b)
  console.log(`from the request to the screen: median ${times[6]}, longest ${times[11]} ms`)
})

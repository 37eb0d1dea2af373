import { expect, test } from './support'

// A recording of the page would count as its own time.
test.use({ trace: 'off' })

/** Prints how long a new visitor waits; asserts nothing about time. */
test('the first load is usable', async ({ browser, baseURL }) => {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext({ baseURL }) // nothing is cached
    const page = await context.newPage()
    const begun = Date.now()
    await page.goto('./')
    // Usable: what matters first was read, and the navigation is there.
    await expect(page.locator('main h1')).toBeVisible()
    await expect(page.getByRole('navigation').getByRole('link', { name: 'Tasks' })).toBeVisible()
    await expect(page.locator('main').getByText(/none waits to run|^oldest /).first()).toBeVisible()
    times.push(Date.now() - begun)
    await context.close()
  }
  console.log(`first load to usable: ${times.join(', ')} ms`)
})

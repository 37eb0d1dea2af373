import { expect, test } from './support'

/** Prints how long a new visitor waits; asserts nothing about time. */
test('the first load is usable, and asks nobody twice', async ({ browser, baseURL }) => {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext({ baseURL }) // nothing is cached
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
    const begun = Date.now()
    await page.goto('./')
    // Usable: what matters first was read, and the navigation is there.
    await expect(page.locator('main h1')).toBeVisible()
    await expect(page.getByRole('navigation').getByRole('link', { name: 'Tasks' })).toBeVisible()
    await expect(page.locator('main').getByText(/none waits to run|^oldest /).first()).toBeVisible()
    times.push(Date.now() - begun)
    const twice = asked.filter((each, at) => asked.indexOf(each) !== at && each.startsWith('GET') && !each.includes('/api/live'))
    expect(twice).toEqual([])
    await context.close()
  }
  console.log(`first load to usable: ${times.join(', ')} ms`)
})

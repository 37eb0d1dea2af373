import { api, expect, expectAccessible, expectFitsPhone, open, test, unique } from './support'

const AREAS = ['Overview', 'Tasks', 'Queues', 'Workflows', 'Agents', 'Triage', 'Knowledge', 'Data', 'Database', 'Settings']

test('every area is reached by the navigation, by keys and by its address', async ({ page }) => {
  await open(page, '/')
  for (const area of AREAS) {
    await page.getByRole('navigation').getByRole('link', { name: area, exact: true }).click()
    await expect(page.locator('main h1')).toHaveText(area)
    await expect(page).toHaveTitle(new RegExp(area))
  }
  await page.locator('body').press('g')
  await page.locator('body').press('q')
  await expect(page.locator('main h1')).toHaveText('Queues')
  await page.goBack()
  await expect(page.locator('main h1')).toHaveText('Settings')
})

test('the palette goes anywhere, and the help lists the keys', async ({ page }) => {
  await open(page, '/')
  await page.keyboard.press('/')
  await page.getByRole('textbox', { name: 'Search commands' }).fill('workfl')
  await page.keyboard.press('Enter')
  await expect(page.locator('main h1')).toHaveText('Workflows')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help).toBeVisible()
  await expect(help).toContainText('In lists: next and previous row')
})

test('what changed elsewhere is told within a moment, and not while it is paused', async ({ page }) => {
  const topics: string[] = []
  page.on('request', (request) => topics.push(request.url()))
  await open(page, '/tasks')
  await expect(page.getByRole('button', { name: 'Pause live updates' })).toContainText('live')
  const type = unique('seen')
  await api.post('/api/tasks', { type, payload: {} })
  await expect(page.getByText(type).first()).toBeVisible()
  await page.getByRole('button', { name: 'Pause live updates' }).click()
  await expect(page.getByTestId('stale')).toContainText('paused')
  const asked = topics.length
  const unseen = unique('unseen')
  await api.post('/api/tasks', { type: unseen, payload: {} })
  await page.waitForTimeout(2500) // longer than a refresh would take
  expect(topics.slice(asked).filter((url) => url.includes('/api/tasks'))).toEqual([])
  await page.getByRole('button', { name: 'Resume live updates' }).click()
  await expect(page.getByText(unseen).first()).toBeVisible()
})

test('a lost connection is said, what was read stays, and it comes back by itself', async ({ page }) => {
  const type = unique('kept')
  await api.post('/api/tasks', { type, payload: {} })
  await open(page, '/tasks')
  await expect(page.getByText(type).first()).toBeVisible()
  await page.route('**/api/**', (route) => route.abort())
  await page.getByRole('button', { name: 'Pause live updates' }).click()
  await page.getByRole('button', { name: 'Resume live updates' }).click()
  await expect(page.getByTestId('stale')).toContainText('connection is lost')
  await expect(page.getByText(type).first()).toBeVisible()
  await page.unroute('**/api/**')
  await expect(page.getByRole('button', { name: 'Pause live updates' })).toContainText('live', { timeout: 40_000 })
})

test('colours follow the choice', async ({ page }) => {
  await open(page, '/')
  await page.getByRole('button', { name: 'Colours' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
})

for (const area of AREAS) {
  test(`${area} is accessible and fits a phone`, async ({ page }) => {
    await open(page, area === 'Overview' ? '/' : `/${area.toLowerCase()}`)
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
    await expectAccessible(page)
    await expectFitsPhone(page)
  })
}

import { api, expect, expectAccessible, expectFitsPhone, open, test, unique, work } from './support'

test('it says what needs somebody, and leads there', async ({ page }) => {
  const type = unique('over')
  const queue = unique('stopped')
  await api.post('/api/tasks/batch', { tasks: [{ type }, { type, queue }] })
  await work(type, { error: 'it broke here', retryable: false })
  await api.post(`/api/queues/${queue}/pause`)
  await open(page, '/')
  await expect(page.getByText(/failed for good in the last hour/)).toBeVisible()
  await expect(page.getByText('it broke here').first()).toBeVisible()
  await expect(page.getByRole('img', { name: /^Tasks by minute/ })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('link', { name: `Look: The queue ${queue} has been paused` }).click()
  await expect(page.getByRole('article', { name: `Queue ${queue}` })).toContainText('paused')
  await api.post(`/api/queues/${queue}/resume`)
  await expect(page.getByRole('article', { name: `Queue ${queue}` })).not.toContainText('paused')
})

test('the range is in the address', async ({ page }) => {
  await open(page, '/')
  await page.getByText('24 h', { exact: true }).click()
  await expect(page).toHaveURL(/range=24h/)
  await expect(page.getByText('Finished, 24 h')).toBeVisible()
})

test('when all is well it says so', async ({ page }) => {
  const json = (value: unknown) => ({ contentType: 'application/json', body: JSON.stringify(value) })
  await page.route('**/api/queues', (route) => route.fulfill(json({ items: [] })))
  await page.route('**/api/workers', (route) => route.fulfill(json({ items: [], unserved: [] })))
  await page.route('**/api/statistics/minutes*', (route) => route.fulfill(json({ items: [] })))
  await page.route('**/api/doctor', (route) => route.fulfill(json({ status: 'warning', checks: [{ name: 'bloat', title: 'tables have little dead space', status: 'warning', detail: 'tasks: 40 %', remedy: 'run VACUUM tasks' }] })))
  await open(page, '/')
  await expect(page.getByText('Nothing needs you.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Examine the database' }).click()
  await expect(page.getByText('run VACUUM tasks')).toBeVisible()
})

test('what cannot be read says why, with the remedy', async ({ page }) => {
  await page.route('**/api/statistics/minutes*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, detail: 'the database does not answer', remedy: 'see that it runs' }) }))
  await open(page, '/')
  await expect(page.getByTestId('problem')).toContainText('see that it runs', { timeout: 40_000 }) // it is tried again twice before
})

import { expect, expectAccessible, expectFitsPhone, open, test } from './support'

for (const path of ['/settings', '/settings/server', '/settings/device']) {
  test(`${path} is accessible and fits a phone`, async ({ page }) => {
    await open(page, path)
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
    await expectAccessible(page)
    await expectFitsPhone(page)
  })
}

test('a setting is found by a word, and says where its value comes from', async ({ page }) => {
  await open(page, '/settings')
  await page.getByRole('textbox', { name: 'Find a setting' }).fill('body-max')
  await expect(page).toHaveURL(/q=body-max/)
  await page.getByText('howdah.server.body-max').click()
  const drawer = page.getByRole('dialog', { name: 'Setting' })
  await expect(drawer).toContainText('HOWDAH_SERVER_BODY_MAX')
  await expect(drawer).toContainText('1048576')
  await expectAccessible(page)
})

test('a secret is never shown', async ({ page }) => {
  await open(page, '/settings?q=api-key')
  await expect(page.getByRole('grid', { name: 'Configuration' })).toContainText('howdah.server.api-key')
  await expect(page.getByRole('grid', { name: 'Configuration' })).toContainText('not set')
})

test('what cannot be read says what to do about it', async ({ page }) => {
  await page.route('**/api/settings', (route) => route.fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify({ status: 400, code: 'made-up', detail: 'the file is gone', remedy: 'bring it back' }) }))
  await open(page, '/settings')
  await expect(page.getByTestId('problem')).toContainText('bring it back')
})

test('the server tells its parts, who may call, and where programs look', async ({ page }) => {
  await open(page, '/settings/server')
  await expect(page.getByText(/PostgreSQL \d+/)).toBeVisible()
  await expect(page.getByText('No key is configured')).toBeVisible()
  await expect(page.getByRole('link', { name: /API documentation/ })).toHaveAttribute('href', /\/docs$/)
})

test('times, zone and colours follow the choice, and stay', async ({ page }) => {
  await open(page, '/settings/device')
  await page.getByRole('radio', { name: 'Exactly, how long ago on hover' }).check()
  await page.getByRole('radio', { name: 'UTC', exact: true }).check()
  await expect(page.locator('main time')).toContainText('UTC')
  await page.getByText('Dark', { exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.locator('main time')).toContainText('UTC')
})

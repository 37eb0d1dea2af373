import { api, expect, expectAccessible, expectFitsPhone, open, test, unique } from './support'

const PROBLEM = { status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'the database does not answer', remedy: 'see howdah doctor' }) }

/** A repository with one entry of each kind, whose words nobody else has. */
async function known() {
  const name = unique('k').replaceAll('-', '')
  const repository = `e2e/${name}`
  const pattern = await api.post('/api/knowledge/patterns', { repository, name: `Outbox ${name}`, description: `Events of ${name} commit with their rows`, keywords: ['outbox'] })
  const decision = await api.post('/api/knowledge/decisions', { repository, what: `Keep ${name} in PostgreSQL`, why: 'One commit', alternatives: ['Two databases'] })
  const lesson = await api.post('/api/knowledge/lessons', { repository, category: 'reliability', lesson: `Give ${name} a time limit`, impact: 'critical' })
  const issue = await api.post('/api/knowledge/issues', { repository, service_type: 'gke', issue_type: 'timeout', severity: 'high', log_snippet: `${name} timed out`, pattern_reference: `Outbox ${name}` })
  return { name, repository, pattern, decision, lesson, issue }
}

test('the search finds by words, marks them, says why and leads to the entry', async ({ page }) => {
  const { name } = await known()
  await open(page, '/knowledge')
  await page.getByRole('textbox', { name: 'Question or words' }).fill(name)
  await page.keyboard.press('Enter')
  // Names that are spelled alike are found, too; those are of other tests.
  const hits = page.getByRole('list', { name: 'Hits' }).getByRole('listitem').filter({ hasText: name })
  await expect(hits.first()).toBeVisible()
  await expect(hits.first().locator('mark').first()).toContainText(name)
  await expect(hits.first().getByTestId('rankers')).toContainText(/words: no. \d/)
  await expect(page).toHaveURL(new RegExp(`q=${name}`))
  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'decisions' }).click()
  await expect(hits).toHaveCount(1)
  await hits.getByRole('link').click()
  await expect(page.locator('main h1')).toHaveText(`Keep ${name} in PostgreSQL`)
  await page.goBack()
  await expect(hits).toHaveCount(1)
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a search that fails says what to do, and one that finds nothing says so', async ({ page }) => {
  await page.route('**/api/knowledge/search**', (route) => route.fulfill({ ...PROBLEM, status: 400 }))
  await open(page, '/knowledge?q=anything')
  await expect(page.getByTestId('problem')).toContainText('What to do: see howdah doctor')
  await page.unroute('**/api/knowledge/search**')
  await page.reload()
  await expect(page.getByTestId('problem')).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Question or words' }).fill(unique('nothingiscalledso').replaceAll('-', ''))
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('empty')).toContainText('Nothing that is known answers this')
})

test('a pattern shows where it is used, its issues and its neighbours', async ({ page }) => {
  const { name, repository, pattern } = await known()
  await open(page, `/knowledge/patterns/${pattern.id}`)
  await expect(page.locator('main h1')).toHaveText(`Outbox ${name}`)
  await expect(page.getByRole('region', { name: 'Description' })).toContainText('commit with their rows')
  await expect(page.getByRole('region', { name: 'Used by' })).toContainText(repository)
  await expect(page.getByRole('region', { name: 'Issues' })).toContainText(`${name} timed out`)
  await expect(page.getByRole('region', { name: 'Similar patterns' })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('lists are narrowed by drop-downs that the data feed, and entries are added, changed and deleted', async ({ page }) => {
  const { name, repository } = await known()
  await open(page, `/knowledge/issues?repository=${repository}`)
  const table = page.getByRole('grid', { name: 'issues' })
  await expect(table).toContainText(`${name} timed out`)
  await table.getByRole('link').first().click()
  await page.getByRole('button', { name: 'Set status' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'fixed' }).click()
  await dialog.getByRole('button', { name: 'Set status' }).click()
  await expect(dialog).toHaveCount(0)
  expect((await api.get(`/api/knowledge/issues?repository=${repository}`)).items[0].status).toBe('fixed')

  await open(page, '/knowledge/patterns')
  await page.getByRole('button', { name: 'Add a pattern' }).click()
  await dialog.getByRole('combobox', { name: 'Repository' }).fill(repository)
  await page.getByRole('option', { name: repository }).click()
  await dialog.getByRole('textbox', { name: 'name' }).fill(`Saga ${name}`)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Repository' }).fill(repository)
  await page.getByRole('option', { name: repository }).click()
  await expect(page.getByRole('grid', { name: 'patterns' })).toContainText(`Saga ${name}`)
  await page.getByRole('link', { name: `Saga ${name}` }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(dialog).toContainText('This cannot be undone')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.locator('main h1')).toHaveText('Patterns')
  expect((await api.get(`/api/knowledge/patterns?repository=${repository}`)).items).toHaveLength(1)
})

test('an entry that cannot be added stays in the dialog with the remedy', async ({ page }) => {
  await open(page, '/knowledge/decisions')
  await page.getByRole('button', { name: 'Add a decision' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('dialog').getByTestId('problem')).toContainText('send an object with the field repository')
})

for (const kind of ['patterns', 'decisions', 'components', 'lessons', 'issues']) {
  test(`the list of ${kind} is accessible and fits a phone`, async ({ page }) => {
    const { name } = await known()
    await open(page, `/knowledge/${kind}`)
    await expect(page.getByRole('grid', { name: kind })).toBeVisible()
    if (kind !== 'components') await expect(page.getByRole('grid', { name: kind })).toContainText(name)
    await expectAccessible(page)
    await expectFitsPhone(page)
  })
}

test('the map shows what is near as a picture and as a list', async ({ page }) => {
  const items = Array.from({ length: 40 }, (_, i) => ({ key: `pattern:${i}`, title: `Pattern ${i}`, x: Math.sin(i), y: Math.cos(i * 2), metadata: { kind: i % 2 ? 'pattern' : 'lesson', repository: `e2e/r${i % 9}` } }))
  await page.route('**/api/knowledge/map**', (route) => route.fulfill({ json: { items } }))
  await open(page, '/knowledge/map')
  const picture = page.getByRole('img', { name: 'A map of 40 entries by meaning' })
  await expect(picture).toBeVisible()
  await page.getByRole('link', { name: 'Pattern 3', exact: true }).focus()
  await expect(page.getByTestId('map-panel')).toContainText('Pattern 3')
  await page.getByRole('combobox', { name: 'Colour by' }).click()
  await page.getByRole('option', { name: 'repository' }).click()
  await expect(page.getByRole('list', { name: 'Marks by repository' })).toContainText('2 others')
  await expect(page).toHaveURL(/colour=repository/)
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a map without vectors says what would fill it', async ({ page }) => {
  await page.route('**/api/knowledge/map**', (route) => route.fulfill({ json: { items: [] } }))
  await open(page, '/knowledge/map')
  await expect(page.getByTestId('empty')).toContainText('howdah knowledge scan')
})

test('repositories are listed, added and related', async ({ page }) => {
  const { repository } = await known()
  const other = `e2e/${unique('r').replaceAll('-', '')}`
  await open(page, '/knowledge/repositories')
  await page.getByRole('button', { name: 'Add a repository' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(other)
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await open(page, `/knowledge/repositories/${repository}`)
  await page.getByRole('button', { name: 'Add a dependent' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Repository' }).fill(other)
  await page.getByRole('option', { name: other }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Relationships' })).toContainText(other)
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a file is imported after a dry run, and a scan that is refused says why', async ({ page }) => {
  const repository = `e2e/${unique('f').replaceAll('-', '')}`
  await open(page, '/knowledge/ingestion')
  for (const isDry of [true, false]) {
    await page.getByRole('button', { name: 'Import a file' }).click()
    const dialog = page.getByRole('dialog')
    await page.locator('input[type=file]').setInputFiles({ name: 'k.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ repositories: { [repository]: { patterns: { patterns: ['Idempotent consumers'] } } } })) })
    if (!isDry) await dialog.getByRole('checkbox').uncheck()
    await dialog.getByRole('button', { name: isDry ? 'Try' : 'Import', exact: true }).click()
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('region', { name: 'The import of the file' })).toContainText(`"dry_run": ${isDry}`)
    expect((await api.get(`/api/knowledge/patterns?repository=${repository}`)).items).toHaveLength(isDry ? 0 : 1)
  }
  await page.getByRole('button', { name: 'Scan a repository' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Path' }).fill('/nowhere/at/all')
  await page.getByRole('dialog').getByRole('button', { name: 'Scan', exact: true }).click()
  await expect(page.getByRole('dialog').getByTestId('problem')).toContainText('cannot be read')
  await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click()
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a scan shows its progress and what came of it', async ({ page }) => {
  const task = { id: '0', type: 'scan_repository', state: 'started', created_at: new Date().toISOString(), payload: { path: '/src/app' }, result: null, error: null, progress: { percent: 40, message: '4 of 10 files' } }
  await page.route('**/api/tasks?**', (route) => route.fulfill({ json: { items: route.request().url().includes('scan_repository') ? [task] : [], next: null } }))
  await open(page, '/knowledge/ingestion')
  await expect(page.getByRole('grid', { name: 'Scans and imports' })).toContainText('40 %, 4 of 10 files')
  await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40')
})

test('a collection is created, filled, searched, emptied and deleted', async ({ page }) => {
  const name = unique('notes').replaceAll('-', '_')
  await open(page, '/knowledge/collections')
  await page.getByRole('button', { name: 'Create a collection' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('link', { name }).click()
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await dialog.getByRole('textbox', { name: 'Key' }).fill('a')
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Tasks are claimed in sets')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('grid', { name: 'Entries' })).toContainText('claimed in sets')
  await page.getByRole('textbox', { name: 'Question or words' }).fill('claimed')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('rankers')).toContainText('words: no. 1')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('checkbox', { name: 'Mark a', exact: true }).check()
  await page.getByRole('button', { name: 'Delete 1' }).click()
  await dialog.getByRole('button', { name: 'Delete 1' }).click()
  await expect(page.getByTestId('empty')).toContainText('It is empty')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.locator('main h1')).toHaveText('Collections')
})

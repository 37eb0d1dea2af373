import { api, expect, expectAccessible, expectFitsPhone, open, test, unique } from './support'

const PROBLEM = { status: 400, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Bad Request', status: 400, code: 'e2e-down', detail: 'the list is not to be had', remedy: 'ask again in a moment' }) }

const DIFF = (sha: string) => `commit ${sha}
Author: Ada <ada@example.org>

    Rename the endpoint of orders

diff --git a/api.py b/api.py
--- a/api.py
+++ b/api.py
@@ -1,2 +1,2 @@
-@app.get("/orders")
+@app.get("/v2/orders")
 def orders():
`

/** A commit that nobody else tells of. */
const commit = () => Array.from({ length: 40 }, () => Math.floor(Math.random() * 16).toString(16)).join('')

/** A repository with a consumer to which endpoints matter. */
async function related(urgency = 'critical'): Promise<{ source: string; consumer: string }> {
  const source = `e2e/${unique('api')}`
  const consumer = `e2e/${unique('web')}`
  await api.post('/api/relationships', { relationships: { [source]: { consumers: [{ repo: consumer, description: 'The page for people.', change_triggers: ['endpoints'], urgency_mapping: { endpoints: urgency } }] } } })
  return { source, consumer }
}

async function notify(source: string, sha: string): Promise<void> {
  await api.post('/api/webhook/change-notification', { source_repo: source, commit_sha: sha, commit_message: 'Rename the endpoint of orders', branch: 'main', changed_files: [{ path: 'api.py', change_type: 'modified', diff: '@@ -1 +1 @@\n-@app.get("/orders")\n+@app.get("/v2/orders")' }] })
}

test('relationships are imported, drawn and listed', async ({ page }) => {
  const source = `e2e/${unique('api')}`
  const consumer = `e2e/${unique('web')}`
  await open(page, '/triage')
  await page.getByRole('button', { name: 'Import relationships' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import relationships' })
  const field = dialog.getByRole('textbox', { name: 'Relationships file' })
  await field.fill('{"relationships": ')
  await expect(dialog).toContainText('no JSON')
  await field.fill(JSON.stringify({ relationships: { [source]: { consumers: [{ repo: consumer, change_triggers: ['endpoint'] }] } } }))
  await expect(dialog).toContainText('It names 1 dependents of 1 repositories.')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog.getByTestId('problem')).toContainText('did you mean "endpoints"?')
  await field.fill(JSON.stringify({ relationships: { [source]: { consumers: [{ repo: consumer, change_triggers: ['endpoints'] }] } } }))
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog).toBeHidden()
  await open(page, `/triage?repo=${source}`)
  const graph = page.getByRole('group', { name: /Graph of 2 repositories and 1 relationships/ })
  await expect(graph.getByRole('link', { name: consumer.split('/')[1]! })).toBeVisible()
  await expect(page.getByRole('grid', { name: 'Relationships' })).toContainText(consumer)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await graph.getByRole('link', { name: consumer.split('/')[1]! }).press('Enter')
  await expect(page.locator('main h1')).toHaveText(consumer)
})

test('repositories that depend on each other in a circle are refused until that is accepted', async ({ page }) => {
  const { source, consumer } = await related()
  await open(page, '/triage')
  await page.getByRole('button', { name: 'Import relationships' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import relationships' })
  await dialog.getByRole('textbox', { name: 'Relationships file' }).fill(JSON.stringify({ relationships: { [consumer]: { consumers: [{ repo: source }] } } }))
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog.getByTestId('problem')).toContainText(source)
  await dialog.getByRole('checkbox', { name: /in a circle/ }).check()
  // A circle that the server really took would be in the way of every import of other tests.
  await page.route('**/api/relationships?allow_cycles=true', (route) => route.fulfill({ json: { repositories: 2, added: 1, updated: 0 } }))
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog).toBeHidden()
})

test('one repository shows what depends on it and what it depends on', async ({ page }) => {
  const { source, consumer } = await related()
  await open(page, `/triage/repositories/${source}`)
  await expect(page.getByRole('region', { name: 'Depends on it (1)' })).toContainText(consumer)
  await expect(page.getByRole('region', { name: 'Depends on it (1)' })).toContainText('critical')
  await expect(page.getByRole('region', { name: 'It depends on (0)' })).toContainText('On nothing.')
  await expect(page.getByRole('group', { name: /Graph of 2 repositories/ })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('link', { name: 'Notify of a change' }).click()
  await expect(page.getByRole('combobox', { name: 'Repository' })).toHaveValue(source)
})

test('a repository that nobody names is said to be unknown', async ({ page }) => {
  await open(page, '/triage/repositories/e2e/no-such-repository')
  await expect(page.getByTestId('problem')).toContainText('names e2e/no-such-repository')
})

test('a change is told of by a form and decided with its evidence', async ({ page }) => {
  const { source, consumer } = await related()
  const sha = commit()
  await open(page, '/triage/notify')
  await page.getByRole('combobox', { name: 'Repository' }).fill(source)
  await page.getByRole('option', { name: source }).click()
  await expect(page.getByRole('region', { name: 'Will be triaged (1)' })).toContainText(consumer)
  await page.getByRole('textbox', { name: 'Diff' }).fill(DIFF(sha))
  await expect(page.getByRole('textbox', { name: 'Commit', exact: true })).toHaveValue(sha)
  await expect(page.getByRole('textbox', { name: 'Commit message' })).toHaveValue('Rename the endpoint of orders')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('button', { name: 'Notify', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Notify' })
  await expect(dialog).toContainText('Has 1 repository triaged')
  await dialog.getByRole('button', { name: 'Notify', exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`change=.*${sha}`))
  const row = page.getByRole('grid', { name: 'Decisions' }).getByRole('row').filter({ hasText: consumer })
  await expect(row).toContainText('critical')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await row.getByRole('link').click()
  await expect(page.locator('main h1')).toHaveText(`${source} → ${consumer}`)
  await expect(page.getByRole('region', { name: 'Evidence' })).toContainText('route /orders removed')
  await expect(page.getByRole('region', { name: 'Done about it' })).toContainText('issue in the repository')
  await expect(page.getByRole('region', { name: 'Diff of api.py' })).toContainText('+@app.get("/v2/orders")')
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a change that the server refuses stays in the dialog', async ({ page }) => {
  const { source } = await related()
  await open(page, `/triage/notify?repo=${source}`)
  await page.getByRole('textbox', { name: 'Commit', exact: true }).fill('no commit')
  await page.getByRole('textbox', { name: 'Commit message' }).fill('x')
  await page.getByRole('button', { name: 'Notify', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Notify' })
  await dialog.getByRole('button', { name: 'Notify', exact: true }).click()
  await expect(dialog.getByTestId('problem')).toContainText('hexadecimal')
})

test('decisions are filtered in the address', async ({ page }) => {
  const { source, consumer } = await related()
  const sha = commit()
  await notify(source, sha)
  await open(page, `/triage/decisions?repo=${source}`)
  await expect(page.getByRole('grid', { name: 'Decisions' })).toContainText(consumer)
  await expect(page.getByRole('grid', { name: 'Decisions' })).toContainText('critical')
  await page.getByRole('combobox', { name: 'Urgency' }).click()
  await page.getByRole('option', { name: 'low' }).click()
  await expect(page).toHaveURL(/urgency=low/)
  await expect(page.getByTestId('empty')).toContainText('is like that')
})

const DECISION = { id: '01a20000-0000-7000-8000-000000000009', type: 'consumer_triage', state: 'failed', created_at: '2026-01-01T00:00:00Z', ended_at: '2026-01-01T00:00:01Z', error: 'the model did not answer', result: null, attempts: [],
  payload: { source_repo: 'e2e/a', target_repo: 'e2e/b', relationship_type: 'api_consumer', relationship: {}, change_event: { source_repo: 'e2e/a', commit_sha: 'abcdef0', commit_message: 'Change', branch: 'main', changed_files: [] } } }

for (const [state, verb, confirm, path] of [['failed', 'Retry', 'Retry', 'retry'], ['queued', 'Cancel', 'Cancel the triage', 'cancel']] as const) {
  test(`a decision that is ${state} can be ordered to ${verb.toLowerCase()}`, async ({ page }) => {
    let posted = 0
    await page.route(`**/api/tasks/${DECISION.id}`, (route) => route.fulfill({ json: { ...DECISION, state, error: state === 'failed' ? DECISION.error : null } }))
    await page.route(`**/api/tasks/${DECISION.id}/${path}`, (route) => (posted++ ? route.fulfill({ json: {} }) : route.fulfill(PROBLEM)))
    await open(page, `/triage/decisions/${DECISION.id}`)
    await expect(page.getByText(state === 'failed' ? 'the model did not answer' : 'It is not decided yet')).toBeVisible()
    await page.getByRole('button', { name: verb }).click()
    const dialog = page.getByRole('dialog', { name: verb })
    await dialog.getByRole('button', { name: confirm }).click()
    await expect(dialog.getByTestId('problem')).toContainText('ask again in a moment')
    await dialog.getByRole('button', { name: confirm }).click()
    await expect(dialog).toBeHidden()
  })
}

test('actions are listed and one is read', async ({ page }) => {
  const { source, consumer } = await related()
  await notify(source, commit())
  await expect.poll(async () => (await api.get('/api/actions?limit=100')).items.filter((each: { target_repo: string }) => each.target_repo === consumer).length).toBe(2)
  await open(page, '/triage/actions')
  const row = page.getByRole('row').filter({ hasText: consumer }).first()
  await expect(row).toContainText('recorded')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await row.getByText('recorded').click()
  const drawer = page.getByRole('dialog', { name: `For ${consumer}` })
  await expect(drawer).toContainText('Nothing is configured that would carry it out')
  await drawer.getByRole('link', { name: 'The decision that asked for it' }).click()
  await expect(page.locator('main h1')).toHaveText(`${source} → ${consumer}`)
})

test('what is not urgent stands in the digest', async ({ page }) => {
  const { source, consumer } = await related('low')
  await notify(source, commit())
  await expect.poll(async () => Object.keys((await api.get('/api/digest')).repositories)).toContain(consumer)
  await open(page, '/triage/digest')
  await expect(page.getByRole('region', { name: consumer })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByText('30 days', { exact: true }).click()
  await expect(page).toHaveURL(/days=.*30/)
})

test('empty lists say what would fill them', async ({ page }) => {
  await page.route('**/api/relationships', (route) => route.fulfill({ json: { version: '1.0', relationships: {} } }))
  await page.route('**/api/actions?**', (route) => route.fulfill({ json: { items: [], next: null } }))
  await page.route('**/api/tasks?**', (route) => route.fulfill({ json: { items: [], next: null } }))
  await page.route('**/api/digest?**', (route) => route.fulfill({ json: { since: new Date().toISOString(), entries: 0, repositories: {} } }))
  for (const [view, command] of [['/triage', 'howdah relationships import'], ['/triage/notify', 'howdah relationships import'], ['/triage/decisions', 'howdah notify'], ['/triage/actions', 'howdah notify'], ['/triage/digest', 'howdah digest']] as const) {
    await open(page, view)
    await expect(page.getByTestId('empty')).toContainText(command)
  }
})

for (const [view, path] of [['/triage', '**/api/relationships'], ['/triage/notify', '**/api/relationships'], ['/triage/decisions', '**/api/tasks?**'], ['/triage/actions', '**/api/actions?**'], ['/triage/digest', '**/api/digest?**']] as const) {
  test(`${view} says why it has nothing to show`, async ({ page }) => {
    await page.route(path, (route) => route.fulfill(PROBLEM))
    await open(page, view)
    await expect(page.getByTestId('problem').first()).toContainText('ask again in a moment')
  })
}

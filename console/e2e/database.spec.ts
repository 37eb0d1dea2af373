import { api, expect, expectAccessible, expectFitsPhone, open, test } from './support'

const PAGES: [path: string, tab: string][] = [
  ['/database', 'Connections'], ['/database/activity', 'Activity'], ['/database/locks', 'Locks'], ['/database/statements', 'Statements'], ['/database/explain', 'Explain'],
  ['/database/sizes', 'Sizes'], ['/database/parameters', 'Parameters'], ['/database/migrations', 'Migrations'], ['/database/backups', 'Backups'], ['/database/doctor', 'Doctor'],
]

const problem = (status: number, detail: string, remedy: string) => ({ status, contentType: 'application/problem+json', body: JSON.stringify({ status, code: 'made-up', title: 'No', detail, remedy }) })
const json = (body: unknown) => ({ contentType: 'application/json', body: JSON.stringify(body) })

for (const [path, tab] of PAGES) {
  test(`${tab} is accessible and fits a phone`, async ({ page }) => {
    await open(page, path)
    await expect(page.getByRole('navigation', { name: 'Pages about the database' }).getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page')
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
    await expectAccessible(page)
    await expectFitsPhone(page)
  })
}

test('connections say whether the pool fits', async ({ page }) => {
  await open(page, '/database')
  await expect(page.getByTestId('pool-advice')).toContainText('pool')
  await expect(page.getByRole('meter', { name: 'In use', exact: true })).toBeVisible()
})

test('what cannot be read says what to do about it', async ({ page }) => {
  await page.route('**/api/database/**', (route) => route.fulfill(problem(400, 'the catalogue is closed', 'open it')))
  for (const path of ['/database', '/database/activity', '/database/locks', '/database/statements', '/database/sizes', '/database/parameters', '/database/migrations']) {
    await open(page, path)
    await expect(page.getByTestId('problem').first()).toContainText('The catalogue is closed')
    await expect(page.getByTestId('problem').first()).toContainText('open it')
  }
})

test('a running statement is found and cancelled', async ({ page }) => {
  const mark = 'EXECUTE explained'
  const running = api.post('/api/database/explain', { sql: 'SELECT pg_sleep(50)', analyze: true, timeout: '60s' }).then(() => 'ended', () => 'cancelled')
  await expect.poll(async () => (await api.get('/api/database/activity?limit=1000')).items.some((each: { query: string; state: string }) => each.state === 'active' && each.query.includes(mark))).toBe(true)
  await open(page, '/database/activity?state=active')
  const row = page.getByRole('row').filter({ hasText: mark })
  await row.getByRole('button', { name: 'Cancel statement' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel statement' })
  await expect(dialog).toContainText(mark)
  await expect(dialog).toContainText('cannot be undone')
  await dialog.getByRole('button', { name: 'Cancel statement' }).click()
  await expect(page.getByText(/What process \d+ ran is cancelled/)).toBeVisible()
  expect(await running).toBe('cancelled')
})

test('a session that has gone is said to be gone, in the dialog', async ({ page }) => {
  await page.route('**/api/database/activity/*/cancel', (route) => route.fulfill(problem(404, 'there is no such session', 'look at the list again')))
  await open(page, '/database/activity')
  await page.getByRole('button', { name: 'End session' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'End session' })
  await dialog.getByRole('button', { name: 'End session' }).click()
  await expect(dialog.getByTestId('problem')).toContainText('look at the list again')
})

test('who waits stands below whom it waits for', async ({ page }) => {
  const session = (pid: number, state: string, blockedBy: number[]) => ({ pid, role: 'howdah', application: 'e2e', client: null, state, waits_for: null, transaction_ms: 9000, query_ms: 9000, query: `SELECT ${pid}`, blocked_by: blockedBy })
  await page.route('**/api/database/locks*', (route) => route.fulfill(json({ items: [{ mode: 'ShareLock', object: 'tasks', waited_ms: 4000, session: session(12, 'active', [11]) }], holders: [session(11, 'idle in transaction', [])] })))
  await open(page, '/database/locks')
  await expect(page.getByRole('list', { name: 'Waiting for process 11' })).toContainText('wants ShareLock on tasks')
  await expect(page.getByText('1 waits for it')).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('slow statements are summed in a window, shown whole, and explained', async ({ page }) => {
  await page.route('**/api/database/slow-queries/statistics*', (route) => route.fulfill(json({ items: [{ id: 'a1', query: 'SELECT id FROM tasks WHERE queue = $1', type: 'select', table: 'tasks', count: 3, total_ms: 900, average_ms: 300, max_ms: 500, last_at: new Date().toISOString() }] })))
  await open(page, '/database/statements')
  await page.getByText('24 h', { exact: true }).click()
  await expect(page).toHaveURL(/window=24h/)
  await page.getByRole('gridcell', { name: /SELECT id FROM tasks/ }).click()
  await expect(page).toHaveURL(/id=a1/)
  await page.getByRole('dialog', { name: 'Statement' }).getByRole('link', { name: 'Explain it' }).click()
  await expect(page.getByRole('region', { name: 'Steps of the plan' })).toContainText('tasks')
})

test('a statement is run and its steps are told; one that writes is refused with a remedy', async ({ page }) => {
  await open(page, '/database/explain')
  await page.getByRole('textbox', { name: /Statement/ }).fill('SELECT count(*) FROM tasks')
  await page.getByRole('checkbox', { name: 'Run it, and measure' }).check()
  await page.getByRole('button', { name: 'Run and explain' }).click()
  await expect(page.getByText('Ran for')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('textbox', { name: /Statement/ }).fill('DROP TABLE tasks')
  await page.getByRole('button', { name: 'Run and explain' }).click()
  await expect(page.getByTestId('problem')).toContainText('begin with SELECT')
})

test('tables and indexes are links', async ({ page }) => {
  await open(page, '/database/sizes?name=tasks')
  await expect(page.getByRole('dialog', { name: 'tasks' })).toContainText('Dead rows')
  await open(page, '/database/sizes?view=indexes')
  await expect(page.getByRole('grid', { name: 'Indexes' })).toBeVisible()
})

test('pending migrations say what they lock', async ({ page }) => {
  await page.route('**/api/database/migrations', (route) => route.fulfill(json({ version: 1, up_to_date: false, items: [{ version: 2, module: 'queue', name: 'more_indexes', state: 'pending', reversible: true, applied_at: null, duration_ms: null, transactional: false, locks: ['tasks: nobody writes while the index is built'] }] })))
  await open(page, '/database/migrations')
  await expect(page.getByText('nobody writes while the index is built')).toBeVisible()
  await expect(page.getByText('./howdah migrate plan')).toBeVisible()
})

test('backups are made and rehearsed, or their place is asked for', async ({ page }) => {
  await page.route('**/api/backups?*', (route) => route.fulfill(json({ target: '/backups', items: [{ name: 'b-1', engine: 'logical', schema: 's', taken_at: new Date().toISOString(), schema_version: 24, howdah_version: 'x', postgres_version: '17', tables: 1, rows: 2, bytes: 3, key: null, notes: [], problem: null }], next: null })))
  await page.route('**/api/backups', (route) => (route.request().method() === 'POST' ? route.fulfill(json({ task_id: 't-1' })) : route.continue()))
  await page.route('**/api/drills', (route) => (route.request().method() === 'POST' ? route.fulfill(problem(400, 'the disk is full', 'make room')) : route.continue()))
  await open(page, '/database/backups')
  await expect(page.getByTestId('backup-concerns')).toContainText('proven')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await page.getByRole('dialog', { name: 'Back up now' }).getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByText('Task t-1 is queued')).toBeVisible()
  await page.getByRole('button', { name: 'Rehearse a restore' }).click()
  await page.getByRole('dialog', { name: 'Rehearse a restore' }).getByRole('button', { name: 'Rehearse a restore' }).click()
  await expect(page.getByRole('dialog').getByTestId('problem')).toContainText('make room')
})

test('without a place for backups the command that names one is told', async ({ page }) => {
  await page.route('**/api/backups?*', (route) => route.fulfill(json({ target: null, items: [], next: null })))
  await open(page, '/database/backups')
  await expect(page.getByTestId('empty')).toContainText('HOWDAH_OPERATIONS_BACKUP_TARGET')
})

test('the doctor tells the worst first, with its fix', async ({ page }) => {
  const check = (name: string, status: string, findings: unknown[] = []) => ({ name, area: 'server', title: `${name} is well`, status, detail: `${name} found`, meaning: 'It matters.', remedy: 'do it', findings })
  await page.route('**/api/doctor*', (route) => route.fulfill(json({ status: 'down', checks: [check('checksums', 'ok'), check('clock', 'degraded'), check('durability', 'down', [{ object: 'fsync', status: 'down', facts: { lost_bytes: 2000 }, fix: { kind: 'sql', text: 'ALTER SYSTEM SET fsync = on;' } }])] })))
  await open(page, '/database/doctor')
  await expect(page.getByTestId('doctor-summary')).toContainText('1 down, 1 degraded, 1 well')
  await expect(page.getByRole('article').first()).toContainText('lost 2.0 kB')
  await expect(page.getByRole('article').first().getByRole('button', { name: 'Copy Fix of fsync' })).toBeVisible()
  await expectAccessible(page)
})

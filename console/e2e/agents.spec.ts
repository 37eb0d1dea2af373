import { api, expect, expectAccessible, expectFitsPhone, open, SERVER, test, unique } from './support'

const PROBLEM = { status: 400, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Bad Request', status: 400, code: 'e2e-down', detail: 'the list is not to be had', remedy: 'ask again in a moment' }) }

/** A repository with a consumer, for skills to find. */
async function related(): Promise<{ source: string; consumer: string }> {
  const source = `e2e/${unique('api')}`
  const consumer = `e2e/${unique('web')}`
  await api.post('/api/relationships', { relationships: { [source]: { consumers: [{ repo: consumer }] } } })
  return { source, consumer }
}

/** A task that asks which skill is meant. */
async function asking(): Promise<{ id: string; context: string }> {
  const session = unique('conversation')
  const { task } = await api.post('/a2a/tasks/send', { sessionId: session, message: { role: 'user', content: 'hello' } })
  await expect.poll(async () => (await api.get(`/api/agent/tasks/${task.id}`)).state).toBe('input-required')
  return { id: task.id, context: (await api.get(`/api/agent/tasks/${task.id}`)).context_id }
}

test('a skill is found, tried with a form of its schema, and answers', async ({ page }) => {
  const { source, consumer } = await related()
  await open(page, '/agents')
  await page.getByRole('textbox', { name: 'Find a skill' }).fill('dependencies')
  await expect(page).toHaveURL(/q=dependencies/)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('link', { name: /get_dependencies/ }).click()
  await expect(page.locator('main h1')).toHaveText('Get dependencies')
  await page.getByRole('combobox', { name: 'repo' }).fill(source)
  await page.getByRole('option', { name: source }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Run' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run' })
  await expect(dialog).toContainText(source)
  await dialog.getByRole('button', { name: 'Run' }).click()
  const run = page.getByRole('region', { name: 'Run', exact: true })
  await expect(run).toContainText('completed')
  await expect(run).toContainText(consumer)
  await expect(run.getByRole('list', { name: 'Events' })).toContainText('result, complete')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.reload()
  await expect(run).toContainText(consumer)
})

test('what is needed is said before a skill is run, and what the server refuses stays in the dialog', async ({ page }) => {
  await open(page, '/agents/skills/get_dependencies')
  await expect(page.getByText('Still needed: repo')).toBeVisible()
  await related()
  await page.reload()
  await page.getByRole('combobox', { name: 'repo' }).fill('e2e/anything')
  await page.route('**/api/skills/*/tasks', (route) => route.fulfill({ ...PROBLEM, status: 409, body: JSON.stringify({ status: 409, code: 'e2e', detail: 'the skill does not run now', remedy: 'try it later' }) }))
  await page.getByRole('button', { name: 'Run' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run' })
  await dialog.getByRole('button', { name: 'Run' }).click()
  await expect(dialog.getByTestId('problem')).toContainText('try it later')
})

test('an unknown skill is said to be unknown', async ({ page }) => {
  await open(page, '/agents/skills/no_such_skill')
  await expect(page.getByTestId('problem')).toContainText('no skill "no_such_skill"')
})

test('agent tasks are filtered in the address and opened', async ({ page }) => {
  const { source } = await related()
  const task = await api.post('/api/skills/get_dependencies/tasks?wait=true', { repo: source })
  await open(page, `/agents/tasks?context=${task.context_id}`)
  const rows = page.getByRole('grid', { name: 'Agent tasks' }).getByRole('row')
  await expect(rows).toHaveCount(2)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('combobox', { name: 'State' }).click()
  await page.getByRole('option', { name: 'failed' }).click()
  await expect(page).toHaveURL(/state=failed/)
  await expect(page.getByTestId('empty')).toContainText('No task is like that')
  await open(page, `/agents/tasks?context=${task.context_id}`)
  await page.getByRole('link', { name: 'get_dependencies' }).first().click()
  await expect(page.locator('main h1')).toHaveText('Agent task get_dependencies')
  await expect(page.getByRole('region', { name: 'Artifacts', exact: true })).toContainText('upstream_dependencies')
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('completed')
  await expect(page.getByText('Nobody asked to be told about this task.')).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a task that asks is answered and cancelled, and shows what happens as it happens', async ({ page }) => {
  const { id } = await asking()
  await open(page, `/agents/tasks/${id}`)
  await expect(page.getByTestId('question')).toContainText('Which skill?')
  await expectAccessible(page)
  await expectFitsPhone(page)
  const answer = unique('answer')
  await page.getByRole('textbox', { name: 'Answer' }).fill(answer)
  await page.getByTestId('question').getByRole('button', { name: 'Answer' }).click()
  const dialog = page.getByRole('dialog', { name: 'Answer' })
  await expect(dialog).toContainText(answer)
  await dialog.getByRole('button', { name: 'Answer' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'Conversation' })).toContainText(answer)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the task' }).click()
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('canceled')
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0)
})

test('a question with a schema becomes a form', async ({ page }) => {
  const { id } = await asking()
  let sent: unknown
  await page.route(`**/api/agent/tasks/${id}`, async (route) => {
    const task = await (await route.fetch()).json()
    task.task.status.message.parts = [{ text: 'Which branch?' }, { data: { questions: { branch: { message: 'Which branch?', schema: { type: 'string', enum: ['main', 'next'] } } } } }]
    await route.fulfill({ json: task })
  })
  await page.route(`**/api/agent/tasks/${id}/answer`, (route) => {
    sent = route.request().postDataJSON()
    return route.fulfill({ json: {} })
  })
  await open(page, `/agents/tasks/${id}`)
  await page.getByRole('combobox', { name: 'Which branch?' }).click()
  await page.getByRole('option', { name: 'next' }).click()
  await page.getByTestId('question').getByRole('button', { name: 'Answer' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Answer', exact: true }).click()
  await expect.poll(() => sent).toEqual({ data: { branch: 'next' } })
})

test('a task that is not there says what to do', async ({ page }) => {
  await open(page, '/agents/tasks/00000000-0000-7000-8000-000000000000')
  await expect(page.getByTestId('problem')).toContainText('howdah agent tasks')
})

test('contexts lead to their tasks', async ({ page }) => {
  const { context } = await asking()
  await open(page, '/agents/contexts')
  const row = page.getByRole('row').filter({ hasText: context })
  await expect(row).toContainText('open')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await row.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`context=${context}`))
  await expect(page.getByRole('grid', { name: 'Agent tasks' }).getByRole('row')).toHaveCount(2)
})

/** A stock server posts to public addresses only, so that places which fail are told to the page instead. */
const TASK = '01a20000-0000-7000-8000-000000000001'
const DELIVERY = { id: '01a20000-0000-7000-8000-000000000002', agent_task_id: TASK, config_id: 'c', sequence: 3, state: 'dead', endpoint: 'https://hook.example.org:443', attempts: 12, next_attempt: null, last_status: 503, last_error: 'it answered 503', created_at: '2026-01-01T00:00:00Z', ended_at: '2026-01-02T00:00:00Z' }
const ENDPOINT = { endpoint: 'https://hook.example.org:443', state: 'open', failures: 12, opened_at: '2026-01-01T00:00:00Z', next_probe: '2026-01-01T00:10:00Z', last_error: 'it answered 503', last_success: null, last_failure: '2026-01-01T00:00:00Z', pending: 1, dead: 1 }

test('dead deliveries are sent again or given up, and refusals say what to do', async ({ page }) => {
  const posts: string[] = []
  await page.route('**/api/agent/deliveries?**', (route) => route.fulfill({ json: { items: [DELIVERY, { ...DELIVERY, id: DELIVERY.id.replace(/2$/, '3'), state: 'delivered', last_error: null }], next: null } }))
  await page.route('**/api/agent/endpoints?**', (route) => route.fulfill({ json: { items: [ENDPOINT], next: null } }))
  await page.route('**/deliveries/*/retry', (route) => {
    posts.push('retry')
    return route.fulfill({ status: 204 })
  })
  await page.route('**/deliveries/*/discard', (route) => route.fulfill({ ...PROBLEM, status: 409, body: JSON.stringify({ status: 409, code: 'push-delivery-unchanged', detail: 'it is neither pending nor dead', remedy: 'look at it again' }) }))
  await open(page, '/agents/deliveries')
  await expect(page.getByRole('grid', { name: 'Places' })).toContainText('left alone')
  await expect(page.getByRole('grid', { name: 'Deliveries' })).toContainText('it answered 503')
  await expectAccessible(page)
  await expectFitsPhone(page)
  const dead = page.getByRole('row').filter({ hasText: 'dead' }).last()
  await dead.getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('dialog', { name: 'Retry' }).getByRole('button', { name: 'Retry' }).click()
  await expect.poll(() => posts).toEqual(['retry'])
  await dead.getByRole('button', { name: 'Discard' }).click()
  const dialog = page.getByRole('dialog', { name: 'Discard' })
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await expect(dialog.getByTestId('problem')).toContainText('look at it again')
  await dialog.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('combobox', { name: 'State of deliveries' }).click()
  await page.getByRole('option', { name: 'dead' }).click()
  await expect(page).toHaveURL(/state=dead/)
})

test('the server lists deliveries and places', async ({ page }) => {
  await open(page, '/agents/deliveries?state=discarded&owner=nobody')
  await expect(page.getByText('No client has named a place.')).toBeVisible()
  await expect(page.getByTestId('empty')).toContainText('No delivery is like that')
})

test('the agent card is shown and its address copied', async ({ page }) => {
  await open(page, '/agents/card')
  await expect(page.getByRole('region', { name: 'Interfaces', exact: true })).toContainText('HTTP+JSON')
  await expect(page.getByRole('link', { name: 'get_dependencies' })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('button', { name: 'Copy the address of the card' }).click()
  await expect(page.getByRole('tooltip', { name: 'Copied' })).toBeVisible()
})

test('a client of the Model Context Protocol is listed while its session is open', async ({ page }) => {
  const client = unique('mcp')
  const mcp = async (method: string, body: unknown, session?: string) => {
    const answer = await fetch(`${SERVER}/mcp`, { method, headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...(session ? { 'Mcp-Session-Id': session } : {}) }, body: body === undefined ? undefined : JSON.stringify(body) })
    await answer.text()
    return answer.headers.get('mcp-session-id') ?? undefined
  }
  const session = await mcp('POST', { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: client, version: '1.2' } } })
  await open(page, '/agents/mcp')
  const row = page.getByRole('grid', { name: 'Sessions' }).getByRole('row').filter({ hasText: client })
  await expect(row).toContainText('2025-11-25')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await mcp('DELETE', undefined, session)
  await page.reload()
  await expect(row).toHaveCount(0)
})

test('remote agents say whether they answer', async ({ page }) => {
  await open(page, '/agents/remote')
  await expect(page.getByTestId('empty')).toContainText('HOWDAH_AGENT_REMOTE')
  await page.route('**/api/agents', (route) => route.fulfill({ json: { next: null, items: [
    { name: 'helper', address: 'https://helper.example.org', reachable: true, error: null, card: { name: 'Helper', description: 'Helps.', version: '2', bindings: ['JSONRPC'], streaming: true, push_notifications: false, verified: true, skills: [{ id: 'help', name: 'Help', description: 'Helps with anything.' }] } },
    { name: 'silent', address: 'https://silent.example.org', reachable: false, error: 'it did not answer within 5 s', card: null },
  ] } }))
  await page.reload()
  await expect(page.getByRole('article', { name: 'helper' })).toContainText('signature verified')
  await expect(page.getByRole('article', { name: 'silent' })).toContainText('it did not answer within 5 s')
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('model calls are summed up over time and listed', async ({ page }) => {
  const use = (key: string) => ({ key, calls: 1200, failed: 12, attempts: 1230, input_tokens: 900000, output_tokens: 120000, costs: { USD: 1.25 }, unpriced: 3, average_ms: 1400, longest_ms: 9000 })
  const now = new Date()
  await page.route('**/api/models/usage?**', (route) => {
    const by = new URL(route.request().url()).searchParams.get('by')!
    const key = { model: 'openai:gpt-4o-mini', purpose: 'triage', day: now.toISOString().slice(0, 10), hour: `${now.toISOString().slice(0, 13)}:00:00Z` }[by]!
    return route.fulfill({ json: { by, from: now, to: now, items: [use(key)] } })
  })
  await page.route('**/api/models/calls?**', (route) => route.fulfill({ json: { next: null, items: [
    { id: '1', called_at: now.toISOString(), provider: 'openai', model: 'gpt-4o-mini', purpose: 'triage', task_id: TASK, input_tokens: 1200, output_tokens: 90, cost: 0.00023, currency: 'USD', duration_ms: 1400, attempts: 1, outcome: 'answered', error_code: null, error: null },
    { id: '2', called_at: now.toISOString(), provider: 'openai', model: 'gpt-4o-mini', purpose: 'triage', task_id: null, input_tokens: 0, output_tokens: 0, cost: null, currency: null, duration_ms: 30000, attempts: 1, outcome: 'failed', error_code: 'model-timeout', error: 'no answer within 30 s' },
  ] } }))
  await open(page, '/agents/models')
  await expect(page.getByText('1.25 USD').first()).toBeVisible()
  await expect(page.getByRole('img', { name: /Calls of models over time/ })).toBeVisible()
  await expect(page.getByRole('grid', { name: 'Calls of models' })).toContainText('model-timeout')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByText('24 hours', { exact: true }).click()
  await expect(page).toHaveURL(/range=24h/)
  await page.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('option', { name: 'gpt-4o-mini' }).click()
  await expect(page).toHaveURL(/model=gpt-4o-mini/)
})

test('without a model it is said how to configure one', async ({ page }) => {
  await page.route('**/api/models/usage?**', (route) => route.fulfill({ json: { by: 'day', items: [] } }))
  await open(page, '/agents/models')
  await expect(page.getByTestId('empty')).toContainText('HOWDAH_AGENT_MODEL_PROVIDER')
})

test('a model card is added, changed, restored and deleted', async ({ page }) => {
  const name = unique('Model')
  await open(page, '/agents/model-cards')
  await page.getByRole('button', { name: 'Add a model card' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a model card' })
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await expect(dialog.getByTestId('problem')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await expect(page.locator('main h1')).toHaveText(name)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('button', { name: 'Change' }).click()
  const change = page.getByRole('dialog', { name: 'Change' })
  await change.getByRole('textbox', { name: 'Description' }).fill('Said better.')
  await change.getByRole('textbox', { name: 'Why' }).fill('it was unclear')
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Said better.')).toBeVisible()
  await expect(page.getByRole('cell', { name: 'it was unclear' })).toBeVisible()
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('Said better.')).toHaveCount(0)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('deleted', { exact: true })).toBeVisible()
  await open(page, `/agents/model-cards?deleted=true&q=${name}`)
  await expect(page.getByRole('grid', { name: 'Model cards' })).toContainText(name)
  await expectAccessible(page)
  await expectFitsPhone(page)
})

for (const [view, path] of [['/agents', '**/api/skills'], ['/agents/tasks', '**/api/agent/tasks?**'], ['/agents/contexts', '**/api/agent/contexts?**'], ['/agents/deliveries', '**/api/agent/endpoints?**'], ['/agents/card', '**/.well-known/agent-card.json'], ['/agents/remote', '**/api/agents'], ['/agents/mcp', '**/api/agent/mcp-sessions'], ['/agents/models', '**/api/models/usage?**'], ['/agents/model-cards', '**/a2a/model-cards?**']] as const) {
  test(`${view} says why it has nothing to show`, async ({ page }) => {
    await page.route(path, (route) => route.fulfill(PROBLEM))
    await open(page, view)
    await expect(page.getByTestId('problem').first()).toContainText('ask again in a moment')
  })
}

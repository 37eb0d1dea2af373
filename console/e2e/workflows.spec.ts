import type { Page } from '@playwright/test'
import { api, expect, expectAccessible, expectFitsPhone, open, test, unique } from './support'

/** A workflow that asks a person, then waits for a signal, then runs a map. */
async function order(): Promise<string> {
  const id = unique('order')
  await api.put(`/api/workflows/${id}`, {
    name: id,
    description: 'For a test',
    nodes: [
      { id: 'check', type: 'condition', config: { expression: 'input.total > 0' } },
      { id: 'approve', type: 'human_review', dependencies: ['check'], config: { prompt: 'May an order of ${input.total} go out?' } },
      { id: 'ship', type: 'signal', dependencies: ['approve'], config: { name: 'shipped' } },
      { id: 'tell', type: 'map', dependencies: ['ship'], config: { items: 'input.lines', concurrency: 10, node: { type: 'condition', config: { expression: 'item.count >= 0' } } } },
    ],
  })
  return id
}

/** A workflow whose second node fails unless the input says otherwise. */
async function fragile(): Promise<string> {
  const id = unique('fragile')
  await api.put(`/api/workflows/${id}`, {
    nodes: [
      { id: 'begin', type: 'wait', config: { duration: '1ms' } },
      { id: 'divide', type: 'condition', dependencies: ['begin'], config: { expression: '10 / input.by > 1' } },
      { id: 'end', type: 'wait', dependencies: ['divide'], config: { duration: '1ms' } },
    ],
  })
  return id
}

async function start(workflow: string, input: unknown = {}): Promise<string> {
  return (await api.post(`/api/workflows/${workflow}/execute`, { initial_context: input })).execution_id
}

async function until(execution: string, status: string) {
  await expect.poll(async () => (await api.get(`/api/executions/${execution}`)).status, { timeout: 30_000 }).toBe(status)
}

async function untilNode(execution: string, node: string, status: string) {
  await expect.poll(async () => (await api.get(`/api/executions/${execution}/nodes/${node}`)).status, { timeout: 30_000 }).toBe(status)
}

const dialog = (page: Page) => page.getByRole('dialog')

/** Does an action by its button and the one of its dialog. */
async function act(page: Page, label: string, confirm = label, scope: { getByRole: Page['getByRole'] } = page) {
  await scope.getByRole('button', { name: label, exact: true }).first().click()
  await dialog(page).getByRole('button', { name: confirm, exact: true }).click()
  await expect(dialog(page)).toHaveCount(0)
}

test('a three-node workflow is built by mouse, saved, run, and approved', async ({ page }) => {
  const name = unique('Built')
  await open(page, '/workflows')
  await page.getByRole('link', { name: 'New workflow' }).click()
  const steps = page.getByRole('region', { name: 'Steps to add' })
  await steps.getByRole('button', { name: 'Condition', exact: true }).click()
  await steps.getByRole('button', { name: 'Review', exact: true }).click()
  await steps.getByRole('button', { name: 'Wait', exact: true }).click()
  await page.getByRole('region', { name: 'What is chosen' }).getByRole('combobox', { name: 'For', exact: true }).fill('1ms')
  await page.getByRole('textbox', { name: 'Name', exact: true }).first().fill(name)
  await expect(page.getByRole('textbox', { name: 'Id', exact: true }).first()).toHaveValue(name.toLowerCase())
  await expect(page.getByTestId('validity')).toContainText('valid')
  await act(page, 'Save')
  await expect(page.getByTestId('validity')).toContainText('saved as version 1')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.locator('main h1')).toHaveText(name)
  await expect(page.getByText('review waits for a person')).toBeVisible()
  await page.getByRole('button', { name: 'Approve' }).first().click()
  await dialog(page).getByLabel('Your name').fill('ada')
  await dialog(page).getByLabel('Comment').fill('known customer')
  await dialog(page).getByRole('button', { name: 'Approve' }).click()
  await expect(page.locator('main').getByText('completed', { exact: true }).first()).toBeVisible()
})

test('the builder: a workflow that nobody has drawn yet is arranged, which is no change', async ({ page }) => {
  await open(page, '/workflows/builder?workflow=sdlc_parallel')
  await expect(page.getByTestId('validity')).toHaveText('valid')
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Run' })).toBeEnabled()
  const nodes = page.locator('.react-flow__node')
  await expect(nodes).toHaveCount(6)
  const places = await nodes.evaluateAll((all) => all.map((node) => (node as HTMLElement).style.transform))
  expect(new Set(places).size).toBe(6)
  await page.getByRole('button', { name: 'Arrange the nodes' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeEnabled()
})

test('the builder: a drop, an edge by mouse, faults at their node, undo and redo, everything without a mouse', async ({ page }) => {
  await open(page, '/workflows/builder')
  const canvas = page.locator('.react-flow')
  const steps = page.getByRole('region', { name: 'Steps to add' })
  await steps.getByRole('button', { name: 'Wait', exact: true }).click()
  await expect(page.getByTestId('validity')).toContainText('valid')
  await steps.getByRole('button', { name: 'Signal', exact: true }).dragTo(canvas, { targetPosition: { x: 200, y: 120 } })
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await expect(page.getByTestId('validity')).toContainText('2 faults')
  await expect(page.locator('.react-flow__node').first()).toContainText('is connected to no other node')
  const [from, to] = [page.locator('.react-flow__node[data-id=wait] .react-flow__handle.source'), page.locator('.react-flow__node[data-id=signal] .react-flow__handle.target')]
  await from.hover()
  await page.mouse.down()
  await to.hover()
  await to.hover()
  await page.mouse.up()
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  await expect(page.getByTestId('validity')).toContainText('valid')
  await page.keyboard.press('Control+z')
  await expect(page.locator('.react-flow__edge')).toHaveCount(0)
  await page.getByRole('button', { name: 'Redo' }).click()
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  // Without a mouse: add, connect by the form, remove.
  await steps.getByRole('button', { name: 'Condition', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.react-flow__node')).toHaveCount(3)
  const form = page.getByRole('region', { name: 'What is chosen' })
  await form.getByRole('combobox', { name: 'Runs after' }).focus()
  await page.keyboard.type('wait')
  await expect(page.getByRole('option')).toHaveText(['wait'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(page.locator('.react-flow__edge')).toHaveCount(3)
  await form.getByRole('textbox', { name: 'Expression' }).fill('input.')
  await expect(form.getByRole('list', { name: 'Faults' })).toBeVisible()
  await expect(page.locator('.react-flow__node[data-id=condition]')).toContainText('⚠')
  await page.locator('.react-flow__node[data-id=condition]').focus()
  await page.keyboard.press('Delete')
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await page.getByRole('button', { name: 'Arrange the nodes' }).click()
  await expect(page.getByTestId('validity')).toContainText('valid')
  await expectAccessible(page)
  await expectFitsPhone(page)
})

test('a definition is imported from YAML and exported as YAML that the server reads', async ({ page }) => {
  await open(page, '/workflows/builder')
  await page.getByRole('button', { name: 'Import' }).click()
  await dialog(page).getByRole('textbox', { name: 'Definition' }).fill('id: x\nnodes: [{id: a, type: wait}]')
  await dialog(page).getByRole('button', { name: 'Import' }).click()
  await expect(dialog(page).getByTestId('problem')).toContainText('nodes[0].config')
  await dialog(page).getByRole('textbox', { name: 'Definition' }).fill(`id: ${unique('imported')}\nnodes:\n  - {id: a, type: wait, config: {duration: 1s}}\n  - {id: b, type: condition, dependencies: [a], config: {expression: "input.n > 1"}}`)
  await dialog(page).getByRole('button', { name: 'Import' }).click()
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  await page.getByRole('button', { name: 'Export' }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'YAML' }).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await downloading).createReadStream()) chunks.push(chunk as Buffer)
  const server = process.env.HOWDAH_URL ?? 'http://localhost:8080'
  const checked = await (await fetch(`${server}/api/workflows/validate`, { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: Buffer.concat(chunks) })).json()
  expect(checked).toMatchObject({ valid: true, nodes: 2, edges: 1 })
})

test('definitions: search, graph, versions with their difference, source', async ({ page }) => {
  const id = await order()
  const first = (await api.get(`/api/workflows/${id}/versions/1`)).definition
  first.nodes[1].config.prompt = 'Is it right?'
  await api.put(`/api/workflows/${id}`, { ...first, nodes: [...first.nodes, { id: 'rest', type: 'wait', dependencies: ['tell'], config: { duration: '1s' } }] })
  await open(page, '/workflows')
  await page.getByRole('textbox', { name: 'Search workflows' }).fill(id)
  await expect(page).toHaveURL(new RegExp(`q=${id}`))
  await page.getByRole('link', { name: id }).click()
  await expect(page.locator('main h1')).toHaveText(id)
  await expect(page.locator('.react-flow__node')).toHaveCount(5)
  await page.locator('.react-flow__node[data-id=approve]').click()
  await expect(page.getByRole('complementary', { name: 'Node approve' })).toContainText('Is it right?')
  await expect(page).toHaveURL(/node=approve/)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('link', { name: 'Versions (2)' }).click()
  await expect(page.getByRole('region', { name: 'What changed' })).toContainText('+ node rest')
  await expect(page.getByRole('region', { name: 'What changed' })).toContainText('~ node approve')
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('link', { name: 'Source' }).click()
  await expect(page.getByRole('region', { name: 'Definition' })).toContainText('human_review')
})

test('schedules are added, paused, resumed, filled back and removed', async ({ page }) => {
  const id = await order()
  await open(page, `/workflows/definitions/${id}?tab=schedules`)
  await expect(page.getByTestId('empty')).toBeVisible()
  await page.getByRole('button', { name: 'Add a schedule' }).click()
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('nightly')
  await dialog(page).getByRole('textbox', { name: 'Cron' }).fill('every day')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await expect(dialog(page).getByTestId('problem')).toBeVisible()
  await dialog(page).getByRole('textbox', { name: 'Cron' }).fill('30 2 * * *')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('30 2 * * *')).toBeVisible()
  await act(page, 'Pause')
  await expect(page.getByText('Paused since')).toBeVisible()
  await act(page, 'Resume')
  await page.getByRole('button', { name: 'Backfill' }).click()
  await dialog(page).getByLabel('From').fill('2026-01-01T00:00')
  await dialog(page).getByLabel('To').fill('2026-01-02T23:00')
  await dialog(page).getByRole('button', { name: 'Backfill' }).click()
  await expect(page.getByText(/2 executions started/)).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await act(page, 'Remove')
  await expect(page.getByTestId('empty')).toBeVisible()
})

test('executions: filters in the address, one marked, all that match counted first', async ({ page }) => {
  const id = await order()
  const ids = [await start(id, { total: 1, lines: [] }), await start(id, { total: 2, lines: [] })]
  for (const each of ids) await untilNode(each, 'approve', 'waiting')
  await open(page, `/workflows/executions?workflow=${id}`)
  const rows = page.getByRole('grid', { name: 'Executions' }).getByRole('row')
  await expect(rows).toHaveCount(3)
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('checkbox', { name: `Mark ${ids[0]}` }).click()
  await expect(page.getByText('1 marked')).toBeVisible()
  await act(page, 'Pause')
  await until(ids[0]!, 'paused')
  await page.goto(`./#/workflows/executions?workflow=${id}&status=paused`)
  await expect(rows).toHaveCount(2)
  await page.goto(`./#/workflows/executions?workflow=${id}`)
  await expect(rows).toHaveCount(3)
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(dialog(page)).toContainText(/Cancel: [12] executions/)
  await dialog(page).getByRole('button', { name: /^Cancel \d/ }).click()
  await until(ids[1]!, 'cancelled')
  await page.goto(`./#/workflows/executions?workflow=${id}&status=failed`)
  await expect(page.getByTestId('empty')).toContainText('No execution matches')
})

test('one execution: what is selected in one pane is selected in all, and it goes on live', async ({ page }) => {
  const id = await order()
  const execution = await start(id, { total: 12345678901234, lines: Array.from({ length: 120 }, (_, count) => ({ count })) })
  await untilNode(execution, 'approve', 'waiting')
  await open(page, `/workflows/executions/${execution}`)
  await expect(page.getByText('May an order of 12345678901234 go out?').first()).toBeVisible()
  const timeline = page.getByRole('listbox', { name: 'Timeline of the nodes' })
  await timeline.getByRole('option', { name: /^check/ }).click()
  await expect(page).toHaveURL(/node=check/)
  await expect(page.locator('.react-flow__node[data-id=check]')).toHaveClass(/selected/)
  await expect(page.getByRole('complementary', { name: 'Node check' })).toContainText('result')
  await timeline.press('ArrowDown')
  await expect(page).toHaveURL(/node=approve/)
  await page.locator('.react-flow__node[data-id=ship]').click()
  await expect(timeline.getByRole('option', { name: /^ship/ })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('grid', { name: 'Events' }).getByText('review requested').click()
  await expect(page).toHaveURL(/node=approve/)
  await page.getByRole('textbox', { name: 'Search events' }).fill('workflow started')
  await expect(page.getByRole('grid', { name: 'Events' }).getByRole('row')).toHaveCount(2)
  await page.getByRole('textbox', { name: 'Search events' }).fill('')
  await page.getByLabel('Failed only').check()
  await expect(page.getByTestId('empty').first()).toContainText('No event matches')
  await page.getByLabel('Failed only').uncheck()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await act(page, 'Pause')
  await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeVisible()
  await act(page, 'Resume')
  await api.post(`/api/executions/${execution}/nodes/approve/review`, { approved: true, by: 'ada' })
  await expect(timeline.getByRole('option', { name: /^ship ?: waiting/ })).toBeVisible()
  await act(page, 'Signal', 'Send')
  await expect(page.locator('.react-flow__node[data-id=tell]')).toContainText('×120: 120 done')
  await expect(page.locator('main').getByText('completed', { exact: true }).first()).toBeVisible()
})

test('a failed execution: its cause, a fork with other input, a skip, a retry', async ({ page }) => {
  const id = await fragile()
  const execution = await start(id, { by: 0 })
  await until(execution, 'failed')
  await open(page, `/workflows/executions/${execution}`)
  await expect(page.getByText('Failed at divide')).toBeVisible()
  await page.getByRole('button', { name: 'Look at divide' }).click()
  const panel = page.getByRole('complementary', { name: 'Node divide' })
  await expectAccessible(page)
  await panel.getByRole('button', { name: 'Fork from here' }).click()
  await dialog(page).getByRole('textbox', { name: 'Input' }).fill('{"by": 2}')
  await dialog(page).getByRole('button', { name: 'Fork' }).click()
  await expect(page.getByRole('link', { name: /forked from/ })).toBeVisible()
  await expect(page.locator('main').getByText('completed', { exact: true }).first()).toBeVisible()
  await open(page, `/workflows/executions/${execution}?node=divide`)
  await act(page, 'Retry')
  await expect(page.getByRole('grid', { name: 'Events' }).getByText('workflow retried')).toBeVisible()
  await until(execution, 'failed')
  await act(page, 'Skip', 'Skip', panel)
  await until(execution, 'completed')
  await expect(page.locator('.react-flow__node[data-id=divide]')).toContainText('skipped')
  await act(page, 'Retry from here', 'Retry', panel)
  await until(execution, 'failed')
})

test('artifacts are read as texts, and downloaded', async ({ page }) => {
  const id = await order()
  const execution = await start(id, { total: 1, lines: [] })
  const server = process.env.HOWDAH_URL ?? 'http://localhost:8080'
  await fetch(`${server}/api/executions/${execution}/artifacts?name=page.html`, { method: 'POST', headers: { 'Content-Type': 'text/html' }, body: '<h1>not markup</h1>' })
  await open(page, `/workflows/executions/${execution}`)
  await page.getByRole('button', { name: 'View page.html' }).click()
  await expect(dialog(page).getByText('<h1>not markup</h1>')).toBeVisible()
  await expect(page).toHaveURL(/artifact=/)
  const downloading = page.waitForEvent('download')
  await dialog(page).getByRole('button', { name: 'Download page.html' }).click()
  expect((await downloading).suggestedFilename()).toBe('page.html')
})

test('reviews are decided from their list; a second decision is refused in words', async ({ page }) => {
  const id = await order()
  const execution = await start(id, { total: 7, lines: [] })
  await untilNode(execution, 'approve', 'waiting')
  await page.route('**/api/reviews*', async (route) => {
    const answer = await (await route.fetch()).json()
    await route.fulfill({ json: { items: answer.items.filter((review: { workflow_id: string }) => review.workflow_id === id), next: null } })
  })
  await open(page, '/workflows/reviews')
  await expect(page.getByRole('link', { name: 'May an order of 7 go out?' })).toBeVisible()
  await expectAccessible(page)
  await expectFitsPhone(page)
  await page.getByRole('button', { name: 'Reject' }).click()
  await dialog(page).getByLabel('Your name').fill('ada')
  await api.post(`/api/executions/${execution}/nodes/approve/review`, { approved: true, by: 'grace' })
  await dialog(page).getByRole('button', { name: 'Reject' }).click()
  await expect(dialog(page).getByTestId('problem')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Back' }).click()
  await expect(page.getByText('Nobody is waited for')).toBeVisible()
})

test('what one decides about stays until one has decided', async ({ page }) => {
  const execution = await start(await order(), { total: 8, lines: [] })
  await untilNode(execution, 'approve', 'waiting')
  await open(page, `/workflows/executions/${execution}`)
  await page.getByRole('button', { name: 'Approve' }).first().click()
  await api.post(`/api/executions/${execution}/nodes/approve/review`, { approved: true, by: 'grace' })
  await untilNode(execution, 'ship', 'waiting')
  await dialog(page).getByLabel('Your name').fill('ada')
  await dialog(page).getByRole('button', { name: 'Approve' }).click()
  await expect(dialog(page).getByTestId('problem')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
})

test('what the server refuses is said with its remedy, on every page', async ({ page }) => {
  const problem = { status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Unavailable', code: 'database-away', detail: 'the database does not answer', remedy: 'wait a moment' }) }
  await page.route(/\/api\/(workflows|executions|reviews)/, (route) => route.fulfill(problem))
  for (const path of ['/workflows', '/workflows/executions', '/workflows/reviews', '/workflows/builder', '/workflows/definitions/none', '/workflows/executions/00000000-0000-7000-8000-000000000000']) {
    await open(page, path)
    await expect(page.getByTestId('problem').first()).toContainText('wait a moment')
  }
})

test('empty lists say what would fill them', async ({ page }) => {
  await page.route(/\/api\/executions\?/, (route) => route.fulfill({ json: { items: [], next: null } }))
  await page.route(/\/api\/workflows\?/, (route) => route.fulfill({ json: [] }))
  await open(page, '/workflows')
  await expect(page.getByTestId('empty')).toContainText('howdah workflow apply')
  await open(page, '/workflows/executions')
  await expect(page.getByTestId('empty')).toContainText('howdah workflow run')
})

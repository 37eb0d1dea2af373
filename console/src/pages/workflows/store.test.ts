import { describe, expect, it } from 'vitest'
import type { Execution, ExecutionEvent, NodeState } from './api'
import { ExecutionStore, fanOut } from './store'
import { criticalPath, rangeOf, rowsOf } from './timeline'

const AT = '2026-01-01T00:00:00Z'
let sequence = 0
const event = (type: string, node: string | null, data: ExecutionEvent['data'] = null, seconds = 0): ExecutionEvent => ({
  type, node_id: node, data, timestamp: new Date(Date.parse(AT) + seconds * 1000).toISOString(), workflow_id: 'w', execution_id: 'e', message: null, error: (data?.error as string | undefined) ?? null, sequence: ++sequence,
})
const node = (id: string, more: Partial<NodeState> = {}): NodeState => ({
  node_id: id, parent_node_id: null, node_type: 'task', status: 'pending', attempt_count: 0, started_at: null, completed_at: null, inputs: null, outputs: null, artifacts: [], error: null, error_type: null, quality_score: null, heartbeat: null, due_at: null, remaining: null, children: null, task_id: null, ...more,
})
const execution = (...nodes: NodeState[]) => ({ status: 'running', node_states: nodes }) as unknown as Execution

describe('an execution followed by its events', () => {
  it('has each node as its last event left it, and tells only its own listeners', () => {
    const store = new ExecutionStore()
    store.load(execution(node('a'), node('b')))
    const told: string[] = []
    store.subscribeNode('a', () => told.push('a'))
    store.subscribeNode('b', () => told.push('b'))
    store.apply([event('node_started', 'a', { attempt: 1 }), event('node_retry', 'a', { error: 'no' }), event('node_started', 'a', { attempt: 2 }, 2), event('node_completed', 'a', null, 3)])
    expect(store.node('a')).toMatchObject({ status: 'completed', attempts: 2, startedAt: Date.parse(AT), completedAt: Date.parse(AT) + 3000, error: undefined })
    expect(told).toEqual(['a'])
  })
  it('ignores what it has seen, and asks to be read again when more than a node changed', () => {
    const store = new ExecutionStore()
    store.load(execution(node('a')))
    const failed = event('node_failed', 'a', { error: 'no' })
    expect(store.apply([failed])).toBe(false)
    expect(store.node('a').error).toBe('no')
    expect(store.apply([failed])).toBe(false)
    expect(store.apply([event('workflow_retried', null)])).toBe(true)
    expect(store.status).toBe('running')
  })
  it('counts the children of a map', () => {
    const store = new ExecutionStore()
    store.load(execution(node('each', { status: 'running', started_at: AT, children: { completed: 117, failed: 1, running: 1, pending: 1 } })))
    store.apply([event('node_started', 'each/119'), event('node_completed', 'each/118'), event('node_failed', 'each/119', { error: 'no' })])
    expect(fanOut(store.node('each').children!)).toBe('×120: 118 done, 2 failed')
    store.apply([event('node_expanded', 'other', { children: 3 }), event('node_started', 'other/0')])
    expect(fanOut(store.node('other').children!)).toBe('×3: 0 done, 1 running')
  })
  it('knows the steps of a program by what they did', () => {
    const store = new ExecutionStore()
    store.apply([event('step_completed', 'charge', null, 1)])
    store.load(execution())
    expect(store.node('charge')).toMatchObject({ status: 'completed', startedAt: Date.parse(AT) + 1000 })
  })
})

describe('the timeline', () => {
  const store = new ExecutionStore()
  const at = (seconds: number) => new Date(Date.parse(AT) + seconds * 1000).toISOString()
  store.load(execution(
    node('late', { status: 'pending' }), node('fast', { status: 'completed', started_at: at(1), completed_at: at(2) }), node('slow', { status: 'completed', started_at: at(1), completed_at: at(9) }),
    node('first', { status: 'completed', started_at: at(0), completed_at: at(1) }), node('join', { status: 'running', started_at: at(9) }),
  ))
  const edges = [['first', 'fast'], ['first', 'slow'], ['fast', 'join'], ['slow', 'join'], ['join', 'late']].map(([from, to]) => ({ from: from!, to: to! }))
  it('finds the chain that was waited for', () => {
    expect([...criticalPath(store.all(), edges)]).toEqual(['join', 'slow', 'first'])
  })
  it('has rows by start, what has not begun last, and reaches to now while something runs', () => {
    expect(rowsOf(store.all(), new Set()).map((row) => row.id)).toEqual(['first', 'fast', 'slow', 'join', 'late'])
    const now = Date.parse(AT) + 20_000
    expect(rangeOf(store.all(), now, false)).toEqual({ from: Date.parse(AT), to: now })
    expect(rangeOf(store.all(), now, true).to).toBe(Date.parse(AT) + 9000)
  })
})

import { describe, expect, it } from 'vitest'
import { difference } from './diff'
import { addNode, connect, definitionOf, draftOf, emptyDraft, isBefore, placeFaults, removeNodes, renameNode, setDependencies, setEdgeCondition, slug, updateNode } from './draft'
import { begin, redo, step, undo } from './history'
import { inputSchema, valueOf } from './inputSchema'
import { layout } from './layout'
import { toYaml } from './yaml'

function three() {
  let draft = emptyDraft('w', 'W')
  for (const type of ['condition', 'human_review', 'wait']) draft = addNode(draft, type, undefined, draft.nodes.at(-1)?.id).draft
  return draft
}

describe('a draft', () => {
  it('grows by clicks: each node comes behind the one before, at a free place', () => {
    const draft = three()
    expect(draft.nodes.map((node) => node.id)).toEqual(['condition', 'review', 'wait'])
    expect(draft.edges).toEqual([{ from: 'condition', to: 'review' }, { from: 'review', to: 'wait' }])
    expect(new Set(Object.values(draft.places).map((place) => `${place.x} ${place.y}`)).size).toBe(3)
    const second = addNode(draft, 'wait', undefined, 'condition')
    expect(second.id).toBe('wait_2')
    expect(second.draft.places.wait_2!.y).toBeGreaterThan(0)
  })
  it('is read again as it was written', () => {
    const draft = setEdgeCondition(updateNode(three(), 'wait', { name: 'Rest', config: { duration: '5s' } }), 'review', 'wait', 'outputs.review.approved')
    const again = draftOf(definitionOf(draft))
    expect(again.isPlaced).toBe(true)
    expect(definitionOf(again.draft)).toEqual(definitionOf(draft))
  })
  it('takes dependencies and edges together', () => {
    const { draft, isPlaced } = draftOf({ id: 'w', nodes: [{ id: 'a', type: 'task' }, { id: 'b', type: 'task', dependencies: ['a'] }], edges: [{ from: 'a', to: 'b', condition: 'x' }] })
    expect(isPlaced).toBe(false)
    expect(draft.edges).toEqual([{ from: 'a', to: 'b', condition: 'x' }])
    expect(draft.nodes[1]).toEqual({ id: 'b', type: 'task' })
  })
  it('closes the gap when a node is removed, and renames it wherever it is named', () => {
    expect(removeNodes(three(), ['review']).edges).toEqual([{ from: 'condition', to: 'wait' }])
    const renamed = renameNode(three(), 'review', 'approve')
    expect(renamed.edges.map((edge) => `${edge.from}-${edge.to}`)).toEqual(['condition-approve', 'approve-wait'])
    expect(renamed.places.approve).toBeDefined()
    expect(renameNode(three(), 'review', 'wait')).toEqual(three())
  })
  it('connects each pair once, and knows what would be a cycle', () => {
    const draft = three()
    expect(connect(draft, 'condition', 'review')).toBe(draft)
    expect(isBefore(draft.edges, 'condition', 'wait')).toBe(true)
    expect(isBefore(draft.edges, 'wait', 'condition')).toBe(false)
    expect(setDependencies(setEdgeCondition(draft, 'review', 'wait', 'x'), 'wait', ['review', 'condition']).edges).toContainEqual({ from: 'review', to: 'wait', condition: 'x' })
  })
  it('shows each fault at its node', () => {
    const { nodes, others } = placeFaults(three(), [{ pointer: 'nodes[1].config.prompt', detail: 'is missing', remedy: 'add it' }, { pointer: 'id', detail: 'is bad', remedy: '' }])
    expect(nodes.get('review')).toEqual([{ pointer: 'config.prompt', detail: 'is missing', remedy: 'add it' }])
    expect(others).toHaveLength(1)
  })
  it('undoes and redoes; typing into one field is one step', () => {
    let history = begin('')
    for (const text of ['a', 'ab', 'abc']) history = step(history, text, 'name')
    history = step(history, 'x')
    expect(undo(history).present).toBe('abc')
    expect(undo(undo(history)).present).toBe('')
    expect(redo(undo(history)).present).toBe('x')
    expect(undo(begin('a')).present).toBe('a')
  })
  it('makes an id of a name', () => expect(slug(' Order books! ')).toBe('order-books'))
})

describe('differences', () => {
  it('are told by node and field, but for places', () => {
    const before = definitionOf(three())
    const after = definitionOf(connect(addNode(updateNode(three(), 'wait', { config: { duration: '9s' } }), 'signal', undefined, 'wait').draft, 'condition', 'signal'))
    expect(difference(before, before)).toEqual([])
    const changes = difference(before, after).map((change) => `${change.kind} ${change.what} ${change.id}`)
    expect(changes).toEqual(['changed node wait', 'added node signal', 'added edge wait → signal', 'added edge condition → signal'])
  })
})

describe('YAML', () => {
  it('quotes what would be read as something else', () => {
    expect(toYaml({ id: 'w', on: 'yes', count: 1, list: [{ a: 'x', b: [] }, 'a: b'], nested: { deep: { text: '${input.x}' } }, none: undefined })).toBe(
      'id: w\n"on": "yes"\ncount: 1\nlist:\n  - a: x\n    b: []\n  - "a: b"\nnested:\n  deep:\n    text: "${input.x}"\n')
  })
})

describe('the input of an execution', () => {
  it('is asked for by the schema, or by what the expressions read', () => {
    expect(inputSchema({ id: 'w', nodes: [{ id: 'a', type: 'condition', config: { expression: 'input.total > 0 && input.ok' } }] })).toMatchObject({ isGuessed: true, schema: { properties: { total: {}, ok: {} } } })
    expect(inputSchema({ id: 'w', nodes: [], skill: { name: 's', input_schema: { type: 'object', properties: { n: { type: 'integer' } } } } })).toMatchObject({ isGuessed: false })
    expect(inputSchema({ id: 'w', nodes: [{ id: 'a', type: 'wait' }] }).schema).toBeUndefined()
    expect([valueOf('5'), valueOf('text'), valueOf('[1]')]).toEqual([5, 'text', [1]])
  })
})

describe('the layout', () => {
  it('runs from left to right without overlaps', () => {
    const places = layout({ nodes: ['a', 'b', 'c'], edges: [['a', 'b'], ['a', 'c']] })
    expect(places.b!.x).toBeGreaterThan(places.a!.x)
    expect(Math.abs(places.b!.y - places.c!.y)).toBeGreaterThanOrEqual(64)
  })
})

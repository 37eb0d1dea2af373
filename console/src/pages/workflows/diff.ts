import { stringify } from '../../api/json'
import type { Definition, DefinitionNode } from './api'

export interface FieldChange {
  field: string
  before: string | undefined
  after: string | undefined
}

export interface Change {
  kind: 'added' | 'removed' | 'changed'
  what: 'workflow' | 'node' | 'edge'
  id: string
  fields: FieldChange[]
}

/** What is different in another version, node by node; where nodes were drawn does not count. */
export function difference(before: Definition, after: Definition): Change[] {
  const header = (definition: Definition) => ({ name: definition.name, description: definition.description, type: definition.type, metadata: definition.metadata, skill: definition.skill })
  const edges = (definition: Definition) => new Map((definition.edges ?? []).map((edge) => [`${edge.from} → ${edge.to}`, { condition: edge.condition }]))
  const fields = fieldChanges(header(before), header(after))
  return [
    ...(fields.length ? [{ kind: 'changed' as const, what: 'workflow' as const, id: after.id, fields }] : []),
    ...changes('node', new Map(before.nodes.map((node) => [node.id, own(node)])), new Map(after.nodes.map((node) => [node.id, own(node)]))),
    ...changes('edge', edges(before), edges(after)),
  ]
}

function own({ id: _id, dependencies: _dependencies, metadata, ...node }: DefinitionNode) {
  const { position: _position, ...more } = metadata ?? {}
  return { ...node, metadata: Object.keys(more).length ? more : undefined }
}

function changes(what: Change['what'], before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): Change[] {
  const found: Change[] = []
  for (const [id, value] of after) {
    const old = before.get(id)
    const fields = fieldChanges(old ?? {}, value)
    if (!old) found.push({ kind: 'added', what, id, fields })
    else if (fields.length) found.push({ kind: 'changed', what, id, fields })
  }
  for (const [id, value] of before) if (!after.has(id)) found.push({ kind: 'removed', what, id, fields: fieldChanges(value, {}) })
  return found
}

function fieldChanges(before: object, after: object): FieldChange[] {
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .map((field) => ({ field, before: text(a[field]), after: text(b[field]) }))
    .filter((change) => change.before !== change.after)
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) return undefined
  return typeof value === 'string' ? value : stringify(value)
}

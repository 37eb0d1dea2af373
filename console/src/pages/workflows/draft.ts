import type { Json } from '../../api/json'
import type { Definition, DefinitionEdge, DefinitionNode, Fault, Place } from './api'
import { kindOf } from './nodeTypes'

/** A definition while somebody edits it: edges in one list, each node with its place. Every change makes a new one. */
export interface Draft {
  id: string
  name: string
  description: string
  nodes: readonly DefinitionNode[]
  edges: readonly DefinitionEdge[]
  places: Readonly<Record<string, Place>>
  /** What the builder does not show is kept: type, metadata, skill. */
  more: Pick<Definition, 'type' | 'metadata' | 'skill'>
}

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 64
const GAP_X = 72
const GAP_Y = 36

export function emptyDraft(id: string, name: string): Draft {
  return { id, name, description: '', nodes: [], edges: [], places: {}, more: {} }
}

/** Reads a definition as the server writes it; nodes without a place get one by {@link tidy}, which is told by the second value. */
export function draftOf(definition: Definition): { draft: Draft; isPlaced: boolean } {
  const edges = new Map<string, DefinitionEdge>()
  const places: Record<string, Place> = {}
  for (const node of definition.nodes) {
    for (const from of node.dependencies ?? []) edges.set(`${from}\n${node.id}`, { from, to: node.id })
    const place = placeOf(node)
    if (place) places[node.id] = place
  }
  for (const edge of definition.edges ?? []) edges.set(`${edge.from}\n${edge.to}`, edge)
  const nodes = definition.nodes.map(({ dependencies: _dependencies, ...node }) => node)
  const { id, name = id, description = '', type, metadata, skill } = definition
  return { draft: { id, name, description, nodes, edges: [...edges.values()], places, more: { type, metadata, skill } }, isPlaced: nodes.every((node) => places[node.id]) }
}

function placeOf(node: DefinitionNode): Place | undefined {
  const position = node.metadata?.position as { x?: Json; y?: Json } | undefined
  return typeof position?.x === 'number' && typeof position.y === 'number' ? { x: position.x, y: position.y } : undefined
}

/** The definition as it is sent, saved and exported: places stand in the nodes' metadata. */
export function definitionOf(draft: Draft): Definition {
  return {
    id: draft.id,
    name: draft.name || undefined,
    description: draft.description || undefined,
    ...draft.more,
    nodes: draft.nodes.map((node) => {
      const place = draft.places[node.id]
      return place ? { ...node, metadata: { ...node.metadata, position: { x: Math.round(place.x), y: Math.round(place.y) } } } : node
    }),
    edges: draft.edges.map(({ from, to, condition }) => (condition ? { from, to, condition } : { from, to })),
  }
}

function freeId(draft: Draft, wanted: string): string {
  const taken = new Set(draft.nodes.map((node) => node.id))
  if (!taken.has(wanted)) return wanted
  for (let n = 2; ; n++) if (!taken.has(`${wanted}_${n}`)) return `${wanted}_${n}`
}

/** Adds a node: behind another one and connected with it, or where it was dropped. */
export function addNode(draft: Draft, type: string, at?: Place, behind?: string): { draft: Draft; id: string } {
  const kind = kindOf(type)
  const id = freeId(draft, type === 'human_review' ? 'review' : type)
  const node: DefinitionNode = { id, type, ...(Object.keys(kind.config).length ? { config: kind.config } : {}) }
  const before = type === 'compensate' || draft.nodes.find((each) => each.id === behind)?.type === 'compensate' ? undefined : behind
  return {
    id,
    draft: {
      ...draft,
      nodes: [...draft.nodes, node],
      edges: before ? [...draft.edges, { from: before, to: id }] : draft.edges,
      places: { ...draft.places, [id]: at ?? freePlace(draft, behind) },
    },
  }
}

/** To the right of a node, below whatever stands there already. */
function freePlace(draft: Draft, behind: string | undefined): Place {
  const places = Object.values(draft.places)
  const base = behind ? draft.places[behind] : places.length ? places.reduce((a, b) => (b.x > a.x ? b : a)) : undefined
  const place = base ? { x: base.x + NODE_WIDTH + GAP_X, y: base.y } : { x: 0, y: 0 }
  while (places.some((other) => Math.abs(other.x - place.x) < NODE_WIDTH && Math.abs(other.y - place.y) < NODE_HEIGHT)) place.y += NODE_HEIGHT + GAP_Y
  return place
}

export function connect(draft: Draft, from: string, to: string): Draft {
  if (from === to || draft.edges.some((edge) => edge.from === from && edge.to === to)) return draft
  return { ...draft, edges: [...draft.edges, { from, to }] }
}

/** Makes a node depend on exactly these; edges that stay keep their conditions. */
export function setDependencies(draft: Draft, to: string, from: readonly string[]): Draft {
  const kept = draft.edges.filter((edge) => edge.to !== to || from.includes(edge.from))
  const known = new Set(kept.filter((edge) => edge.to === to).map((edge) => edge.from))
  return { ...draft, edges: [...kept, ...from.filter((each) => !known.has(each)).map((each) => ({ from: each, to }))] }
}

export function setEdgeCondition(draft: Draft, from: string, to: string, condition: string | undefined): Draft {
  return { ...draft, edges: draft.edges.map((edge) => (edge.from === from && edge.to === to ? { from, to, ...(condition ? { condition } : {}) } : edge)) }
}

export function removeEdges(draft: Draft, removed: readonly { from: string; to: string }[]): Draft {
  return { ...draft, edges: draft.edges.filter((edge) => !removed.some((each) => each.from === edge.from && each.to === edge.to)) }
}

/** Takes nodes away with their edges; what stood before one is then connected with what stood behind it. */
export function removeNodes(draft: Draft, ids: readonly string[]): Draft {
  let edges = draft.edges
  for (const id of ids) {
    const before = edges.filter((edge) => edge.to === id).map((edge) => edge.from)
    const behind = edges.filter((edge) => edge.from === id).map((edge) => edge.to)
    edges = edges.filter((edge) => edge.from !== id && edge.to !== id)
    for (const from of before) for (const to of behind) if (!edges.some((edge) => edge.from === from && edge.to === to)) edges = [...edges, { from, to }]
  }
  const places = Object.fromEntries(Object.entries(draft.places).filter(([id]) => !ids.includes(id)))
  return { ...draft, nodes: draft.nodes.filter((node) => !ids.includes(node.id)), edges, places }
}

export function updateNode(draft: Draft, id: string, change: Partial<DefinitionNode>): Draft {
  return { ...draft, nodes: draft.nodes.map((node) => (node.id === id ? (withoutEmpty({ ...node, ...change }) as DefinitionNode) : node)) }
}

/** Fields that were emptied are left out. */
function withoutEmpty<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined && each !== '')) as Partial<T>
}

/** Another id for a node, wherever edges and compensations name it. Expressions are left to their author, and the check tells them. */
export function renameNode(draft: Draft, id: string, next: string): Draft {
  if (id === next || draft.nodes.some((node) => node.id === next)) return draft
  const renamed = (each: string) => (each === id ? next : each)
  return {
    ...draft,
    nodes: draft.nodes.map((node) => (node.id === id ? { ...node, id: next } : node.type === 'compensate' && node.config?.of === id ? { ...node, config: { ...node.config, of: next } } : node)),
    edges: draft.edges.map((edge) => ({ ...edge, from: renamed(edge.from), to: renamed(edge.to) })),
    places: Object.fromEntries(Object.entries(draft.places).map(([key, place]) => [renamed(key), place])),
  }
}

export function moveNodes(draft: Draft, moved: Readonly<Record<string, Place>>): Draft {
  return { ...draft, places: { ...draft.places, ...moved } }
}

/** The nodes before a node, however far: those that it must not be connected in front of. */
export function isBefore(edges: readonly DefinitionEdge[], from: string, to: string): boolean {
  const seen = new Set<string>()
  const waiting = [to]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === from) return true
    if (seen.has(at)) continue
    seen.add(at)
    for (const edge of edges) if (edge.to === at) waiting.push(edge.from)
  }
  return false
}

export interface PlacedFaults {
  nodes: ReadonlyMap<string, Fault[]>
  /** Those of the workflow itself and of edges. */
  others: Fault[]
}

/** Faults by the node that their place names: `nodes[2].config.url`. */
export function placeFaults(draft: Draft, faults: readonly Fault[]): PlacedFaults {
  const nodes = new Map<string, Fault[]>()
  const others: Fault[] = []
  for (const fault of faults) {
    const match = /^\/?nodes[[/](\d+)\]?[./]?(.*)$/.exec(fault.pointer)
    const node = match && draft.nodes[Number(match[1])]
    if (node) nodes.set(node.id, [...(nodes.get(node.id) ?? []), { ...fault, pointer: match[2] ?? '' }])
    else others.push(fault)
  }
  return { nodes, others }
}

/** A name as an id: "Order books" → "order-books". */
export function slug(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 100)
}

import type { DefinitionEdge } from './api'
import type { NodeProgress } from './store'

export interface Row {
  id: string
  node: NodeProgress
  isCritical: boolean
}

/** Rows in the order in which the nodes began; what has not begun comes last, in the order of the definition. */
export function rowsOf(nodes: ReadonlyMap<string, NodeProgress>, critical: ReadonlySet<string>): Row[] {
  return [...nodes].map(([id, node]) => ({ id, node, isCritical: critical.has(id) }))
    .sort((a, b) => (a.node.startedAt ?? a.node.completedAt ?? Infinity) - (b.node.startedAt ?? b.node.completedAt ?? Infinity) || 0)
}

/** From the first start to the last end, or to now while something is under way. */
export function rangeOf(nodes: ReadonlyMap<string, NodeProgress>, now: number, isOver: boolean): { from: number; to: number } {
  let from = Infinity
  let to = -Infinity
  for (const node of nodes.values()) {
    if (node.startedAt !== undefined) from = Math.min(from, node.startedAt)
    to = Math.max(to, node.completedAt ?? node.startedAt ?? -Infinity)
  }
  if (from === Infinity) return { from: now, to: now + 1 }
  return { from, to: Math.max(from + 1, isOver ? to : Math.max(to, now)) }
}

/** The chain of nodes that the execution took its time from: back from what ended last, always to the one that was waited for. */
export function criticalPath(nodes: ReadonlyMap<string, NodeProgress>, edges: readonly DefinitionEdge[]): Set<string> {
  const before = new Map<string, string[]>()
  for (const edge of edges) before.set(edge.to, [...(before.get(edge.to) ?? []), edge.from])
  const end = (id: string) => {
    const node = nodes.get(id)
    return node?.startedAt === undefined ? -Infinity : (node.completedAt ?? Infinity)
  }
  const last = (ids: Iterable<string>) => {
    let found: string | undefined
    for (const id of ids) if (end(id) > -Infinity && (found === undefined || end(id) > end(found))) found = id
    return found
  }
  const path = new Set<string>()
  for (let at = last(nodes.keys()); at !== undefined && !path.has(at); at = last(before.get(at) ?? [])) path.add(at)
  return path
}

/** For how long a node ran, or has run. */
export function durationOf(node: NodeProgress, now: number): number | undefined {
  return node.startedAt === undefined ? undefined : Math.max(0, (node.completedAt ?? now) - node.startedAt)
}

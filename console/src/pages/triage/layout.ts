import { Graph, layout } from '@dagrejs/dagre'
import type { Edge } from './relationships'

export const NODE = { width: 176, height: 48 }

/** Places repositories from left to right: what others depend on stands left of them. */
export function placed(repositories: readonly string[], edges: readonly Edge[]): Map<string, { x: number; y: number }> {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 64, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  repositories.forEach((name) => graph.setNode(name, { ...NODE }))
  edges.forEach((each) => graph.setEdge(each.source, each.target, {}, each.key))
  layout(graph)
  return new Map(repositories.map((name) => {
    const { x, y } = graph.node(name)
    return [name, { x: x - NODE.width / 2, y: y - NODE.height / 2 }]
  }))
}

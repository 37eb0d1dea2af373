import dagre from '@dagrejs/dagre'
import type { Place } from './api'
import { NODE_HEIGHT, NODE_WIDTH } from './draft'

export interface LayoutRequest {
  nodes: readonly string[]
  edges: readonly (readonly [from: string, to: string])[]
}

/** Places from left to right. The tight-tree ranker is as good to look at here as network-simplex, and twenty times as fast at 500 nodes. */
export function layout({ nodes, edges }: LayoutRequest): Record<string, Place> {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree', nodesep: 28, ranksep: 72 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT })
  for (const [from, to] of edges) if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to)
  dagre.layout(graph)
  return Object.fromEntries(nodes.map((id) => {
    const { x, y } = graph.node(id) as Place
    return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }]
  }))
}

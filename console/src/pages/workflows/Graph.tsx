import { Background, Controls, MarkerType, MiniMap, ReactFlow, type Edge } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useComputedColorScheme } from '@mantine/core'
import { useMemo, useSyncExternalStore } from 'react'
import type { Definition, Place } from './api'
import { draftOf } from './draft'
import { GraphNode, StoreContext, type GraphNodeType } from './GraphNode'
import type { ExecutionStore } from './store'
import classes from './workflows.module.css'

const NODE_TYPES = { node: GraphNode }
const MINI_MAP_FROM = 25

interface GraphProps {
  definition: Definition
  /** Where the server would draw the nodes; those that somebody placed by hand stay there. */
  places: ReadonlyMap<string, Place>
  store?: ExecutionStore
  selected?: string
  onSelect: (node: string | undefined) => void
}

/** A definition as a graph to look at; with a store, as the progress of an execution. */
export function Graph({ definition, places, store, selected, onSelect }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const { draft, isPlaced } = useMemo(() => draftOf(definition), [definition])
  const base = useMemo(() => draft.nodes.map((node): GraphNodeType => ({
    id: node.id, type: 'node', data: { node }, position: (isPlaced ? draft.places[node.id] : places.get(node.id)) ?? { x: 0, y: 0 }, ariaLabel: `Node ${node.name ?? node.id}`,
    width: 216, height: 64,
  })), [draft, isPlaced, places])
  // All nodes but the selected one stay the same objects, and are not drawn again.
  const nodes = useMemo(() => (selected ? base.map((node) => (node.id === selected ? { ...node, selected: true } : node)) : base), [base, selected])
  const critical = useSyncExternalStore(store ? store.subscribe : never, () => store?.critical)
  const edges = useMemo(() => draft.edges.map((edge): Edge => ({
    id: `${edge.from}\n${edge.to}`, source: edge.from, target: edge.to, label: edge.condition, markerEnd: { type: MarkerType.ArrowClosed },
    className: critical?.has(edge.from) && critical.has(edge.to) ? 'critical' : undefined, focusable: false,
  })), [draft, critical])
  return (
    <StoreContext value={store}>
      <div className={classes.flow}>
        <ReactFlow<GraphNodeType> nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={scheme} fitView minZoom={0.02} fitViewOptions={{ maxZoom: 1, padding: 0.08 }} nodesDraggable={false} nodesConnectable={false} edgesFocusable={false}
          deleteKeyCode={null} multiSelectionKeyCode={null} selectionKeyCode={null} onlyRenderVisibleElements={base.length > 150} aria-label={`Graph of ${definition.name ?? definition.id}`}
          onNodeClick={(_, node) => onSelect(node.id)} onPaneClick={() => onSelect(undefined)}
          onKeyDown={(event) => {
            const node = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')
            if (node && (event.key === 'Enter' || event.key === ' ')) onSelect(node.dataset.id)
          }}>
          <Background gap={24} />
          <Controls showInteractive={false} />
          {base.length >= MINI_MAP_FROM && <MiniMap pannable zoomable ariaLabel="Overview of the graph" style={{ width: 140, height: 90 }} />}
        </ReactFlow>
      </div>
    </StoreContext>
  )
}

const never = () => () => {}

import { Background, ControlButton, Controls, getNodesBounds, MarkerType, MiniMap, ReactFlow, type Edge, type ReactFlowInstance } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useComputedColorScheme } from '@mantine/core'
import { IconMaximize } from '@tabler/icons-react'
import { memo, useMemo, useRef, useState, useSyncExternalStore, type MouseEvent } from 'react'
import { words } from '../../components/format'
import type { Definition, Place } from './api'
import { draftOf, NODE_HEIGHT, NODE_WIDTH } from './draft'
import { FarGraph, nodeAt } from './FarGraph'
import { GraphNode, StoreContext, type GraphNodeType } from './GraphNode'
import type { ExecutionStore } from './store'
import classes from './workflows.module.css'

const NODE_TYPES = { node: GraphNode }
const MINI_MAP_FROM = 25
/** From so many nodes on, the graph is drawn as marks while the text of nodes would be too small to read. */
const FAR_FROM = 150
const FAR_ZOOM = 0.35
const NO_NODES: GraphNodeType[] = []
const NO_EDGES: Edge[] = []

interface GraphProps {
  definition: Definition
  /** Where the server would draw the nodes; those that somebody placed by hand stay there. */
  places: ReadonlyMap<string, Place>
  store?: ExecutionStore
  selected?: string
  onSelect: (node: string | undefined) => void
}

/** A definition as a graph to look at; with a store, as the progress of an execution. */
export const Graph = memo(function Graph({ definition, places, store, selected, onSelect }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const { draft, isPlaced } = useMemo(() => draftOf(definition), [definition])
  const base = useMemo(() => draft.nodes.map((node): GraphNodeType => ({
    id: node.id, type: 'node', data: { node }, position: (isPlaced ? draft.places[node.id] : places.get(node.id)) ?? { x: 0, y: 0 }, ariaLabel: `Node ${node.name ?? node.id}`,
    width: NODE_WIDTH, height: NODE_HEIGHT,
  })), [draft, isPlaced, places])
  // All nodes but the selected one stay the same objects, and are not drawn again.
  const nodes = useMemo(() => (selected ? base.map((node) => (node.id === selected ? { ...node, selected: true } : node)) : base), [base, selected])
  const critical = useSyncExternalStore(store ? store.subscribe : never, () => store?.critical)
  const edges = useMemo(() => draft.edges.map((edge): Edge => ({
    id: `${edge.from}\n${edge.to}`, source: edge.from, target: edge.to, label: edge.condition, markerEnd: { type: MarkerType.ArrowClosed },
    className: critical?.has(edge.from) && critical.has(edge.to) ? 'critical' : undefined, focusable: false,
  })), [draft, critical])
  const isLarge = base.length >= FAR_FROM
  const [isFar, setFar] = useState(isLarge)
  const box = useRef<HTMLDivElement>(null)
  const [flow, setFlow] = useState<ReactFlowInstance<GraphNodeType>>()
  const fit = (instance = flow) => void instance?.fitBounds(getNodesBounds(base), { padding: 0.08 })
  const under = (event: MouseEvent) => (flow && isFar ? nodeAt(base, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })) : undefined)
  return (
    <StoreContext value={store}>
      <div className={classes.flow} ref={box}>
        <ReactFlow<GraphNodeType> nodes={isFar ? NO_NODES : nodes} edges={isFar ? NO_EDGES : edges} nodeTypes={NODE_TYPES} colorMode={scheme} fitView={!isLarge} minZoom={0.02} fitViewOptions={{ maxZoom: 1, padding: 0.08 }} nodesDraggable={false} nodesConnectable={false} edgesFocusable={false}
          deleteKeyCode={null} multiSelectionKeyCode={null} selectionKeyCode={null} onlyRenderVisibleElements={isLarge} aria-label={`Graph of ${definition.name ?? definition.id}`}
          onInit={(instance) => {
            setFlow(instance)
            if (isLarge) fit(instance)
          }}
          onMove={(_, { zoom }) => setFar(isLarge && zoom < FAR_ZOOM)}
          onNodeClick={(_, node) => onSelect(node.id)} onPaneClick={(event) => onSelect(under(event))}
          onPaneMouseMove={(event) => {
            const node = under(event)
            box.current!.title = node ? `${node}${store ? `: ${words(store.node(node).status)}` : ''}` : ''
          }}
          onKeyDown={(event) => {
            const node = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')
            if (node && (event.key === 'Enter' || event.key === ' ')) onSelect(node.dataset.id)
          }}>
          <Background gap={24} />
          {isFar && <FarGraph nodes={base} edges={draft.edges} store={store} selected={selected} />}
          <Controls showInteractive={false} showFitView={!isLarge}>{isLarge && <ControlButton onClick={() => fit()} title="Show all" aria-label="Show all"><IconMaximize /></ControlButton>}</Controls>
          {base.length >= MINI_MAP_FROM && !isFar && <MiniMap pannable zoomable ariaLabel="Overview of the graph" style={{ width: 140, height: 90 }} />}
        </ReactFlow>
      </div>
    </StoreContext>
  )
})

const never = () => () => {}

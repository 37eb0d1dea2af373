import { Text, useComputedColorScheme } from '@mantine/core'
import { applyNodeChanges, Background, Controls, Handle, MarkerType, MiniMap, Position, ReactFlow, useReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { memo, useEffect, useMemo, useState } from 'react'
import type { DefinitionNode, Fault, Place } from './api'
import type { Selection } from './Builder'
import { connect, isBefore, moveNodes, NODE_HEIGHT, NODE_WIDTH, removeEdges, removeNodes, type Draft } from './draft'
import { kindOf } from './nodeTypes'
import { DRAGGED_TYPE } from './Palette'
import classes from './workflows.module.css'

type BuilderNodeType = Node<{ node: DefinitionNode; fault: string | undefined }, 'node'>

const BuilderNode = memo(function BuilderNode({ data, selected }: NodeProps<BuilderNodeType>) {
  const kind = kindOf(data.node.type)
  return (
    <>
      <Handle type="target" position={Position.Left} />
      <div className={classes.node} data-selected={selected || undefined} data-faulty={data.fault ? true : undefined} title={data.fault}>
        <span className={classes.nodeIcon}><kind.icon size={18} stroke={1.7} aria-hidden /></span>
        <div className={classes.nodeText}>
          <div className={classes.nodeName}>{data.node.name ?? data.node.id}</div>
          {data.fault ? <div className={`${classes.nodeAbout} ${classes.nodeFault}`}>⚠ {data.fault}</div> : <div className={classes.nodeAbout}>{kind.label}{data.node.condition ? ` · if ${data.node.condition}` : ''}</div>}
        </div>
      </div>
      <Handle type="source" position={Position.Right} />
    </>
  )
})

const NODE_TYPES = { node: BuilderNode }
const REDUCED = '(prefers-reduced-motion: reduce)'

interface BuilderCanvasProps {
  draft: Draft
  faults: ReadonlyMap<string, Fault[]>
  selection: Selection
  onSelect: (selection: Selection) => void
  change: (next: (draft: Draft) => Draft, tag?: string) => void
  onDropType: (type: string, at: Place) => void
  /** Grows when all is to be brought into sight. */
  fits: number
}

/** The canvas: what is dragged there is shown at once and becomes a step of the history when it is let go. */
export function BuilderCanvas({ draft, faults, selection, onSelect, change, onDropType, fits }: BuilderCanvasProps) {
  const scheme = useComputedColorScheme('light')
  const flow = useReactFlow<BuilderNodeType>()
  const built = useMemo(() => draft.nodes.map((node): BuilderNodeType => ({
    id: node.id, type: 'node', position: draft.places[node.id] ?? { x: 0, y: 0 }, width: NODE_WIDTH, height: NODE_HEIGHT, selected: selection?.kind === 'node' && selection.id === node.id,
    data: { node, fault: faults.get(node.id)?.map((fault) => `${fault.pointer ? `${fault.pointer}: ` : ''}${fault.detail}`).join('; ') }, ariaLabel: `Node ${node.name ?? node.id}${faults.has(node.id) ? ', has faults' : ''}`,
  })), [draft.nodes, draft.places, faults, selection])
  const [nodes, setNodes] = useState(built)
  useEffect(() => setNodes(built), [built])
  const edges = useMemo(() => draft.edges.map((edge): Edge => ({
    id: `${edge.from}\n${edge.to}`, source: edge.from, target: edge.to, label: edge.condition, markerEnd: { type: MarkerType.ArrowClosed }, selected: selection?.kind === 'edge' && selection.from === edge.from && selection.to === edge.to,
    ariaLabel: `Edge from ${edge.from} to ${edge.to}`, interactionWidth: 24,
  })), [draft.edges, selection])
  // What was added by a click or arranged may be out of sight; what was dropped lies where somebody looks.
  useEffect(() => {
    if (fits > 0) void flow.fitView({ maxZoom: 1, padding: 0.15, duration: matchMedia(REDUCED).matches ? 0 : 150 })
  }, [fits])
  return (
    <div className={`${classes.flow} ${classes.builder}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED_TYPE)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      }}
      onDrop={(event) => {
        const type = event.dataTransfer.getData(DRAGGED_TYPE)
        if (!type) return
        event.preventDefault()
        const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
        onDropType(type, { x: at.x - NODE_WIDTH / 2, y: at.y - NODE_HEIGHT / 2 })
      }}>
      <ReactFlow<BuilderNodeType> nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={scheme} minZoom={0.05} fitView fitViewOptions={{ maxZoom: 1, padding: 0.15 }} deleteKeyCode={['Delete', 'Backspace']} aria-label="Canvas of the workflow" snapToGrid snapGrid={[8, 8]} connectionRadius={40}
        onNodesChange={(changes) => {
          setNodes((before) => applyNodeChanges(changes, before))
          // Arrow keys move the chosen node without a drag.
          const moved = changes.flatMap((each) => (each.type === 'position' && each.position && !each.dragging ? [[each.id, each.position] as const] : []))
          if (moved.length) change((now) => moveNodes(now, Object.fromEntries(moved)), `move ${moved.map(([id]) => id).join()}`)
          const selected = changes.find((each) => each.type === 'select' && each.selected)
          if (selected?.type === 'select') onSelect({ kind: 'node', id: selected.id })
        }}
        onEdgesChange={(changes) => {
          const selected = changes.find((each) => each.type === 'select' && each.selected)
          const edge = selected?.type === 'select' ? edges.find((each) => each.id === selected.id) : undefined
          if (edge) onSelect({ kind: 'edge', from: edge.source, to: edge.target })
        }}
        onPaneClick={() => onSelect(undefined)}
        onConnect={({ source, target }) => change((now) => connect(now, source, target))}
        isValidConnection={({ source, target }) => source !== target && !isBefore(draft.edges, target, source)}
        onDelete={({ nodes: gone, edges: cut }) => {
          change((now) => (gone.length ? removeNodes(now, gone.map((node) => node.id)) : removeEdges(now, cut.map((edge) => ({ from: edge.source, to: edge.target })))))
          onSelect(undefined)
        }}>
        <Background gap={24} />
        <Controls showInteractive={false} />
        {nodes.length > 25 && <MiniMap pannable zoomable ariaLabel="Overview of the graph" style={{ width: 140, height: 90 }} />}
      </ReactFlow>
      {nodes.length === 0 && <div className={classes.hint}><Text c="dimmed">Click a step on the left, or drag it here.<br />Each further click adds the next step behind it.</Text></div>}
    </div>
  )
}

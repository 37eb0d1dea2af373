import { Link } from '@tanstack/react-router'
import { useComputedColorScheme } from '@mantine/core'
import { Controls, Handle, MarkerType, Position, ReactFlow, type Edge as FlowEdge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import { NODE, placed } from './layout'
import type { Edge } from './relationships'
import classes from './RelationshipGraph.module.css'

type RepositoryNode = Node<{ name: string; isFocus: boolean }, 'repository'>

/** Who depends on whom, as a picture. Each repository is a link; the list beside it says the same in words. */
export default function RelationshipGraph({ repositories, edges, focus }: { repositories: readonly string[]; edges: readonly Edge[]; focus?: string }) {
  const scheme = useComputedColorScheme('light')
  const nodes = useMemo((): RepositoryNode[] => {
    const places = placed(repositories, edges)
    return repositories.map((name) => ({ id: name, type: 'repository', position: places.get(name)!, data: { name, isFocus: name === focus }, ...NODE, draggable: false }))
  }, [repositories, edges, focus])
  const lines = useMemo(() => edges.map((each): FlowEdge => ({
    id: each.key, source: each.source, target: each.target, markerEnd: { type: MarkerType.ArrowClosed }, focusable: false, selectable: false,
    style: { strokeWidth: 1.5, strokeDasharray: each.kind === 'derivative' ? '6 4' : undefined },
  })), [edges])
  return (
    <div className={classes.box} role="group" aria-label={`Graph of ${repositories.length} repositories and ${edges.length} relationships; the list below says the same`}>
      <ReactFlow key={`${repositories.join()} ${focus}`} nodes={nodes} edges={lines} nodeTypes={NODE_TYPES} colorMode={scheme} fitView fitViewOptions={{ maxZoom: 1, padding: 0.12 }} minZoom={0.1} nodesFocusable={false} edgesFocusable={false} nodesConnectable={false} elementsSelectable={false} preventScrolling={false} zoomOnScroll={false} proOptions={{ hideAttribution: true }}>
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  )
}

function Repository({ data }: NodeProps<RepositoryNode>) {
  const [owner, name] = data.name.split('/')
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      <Link to="/triage/repositories/$owner/$name" params={{ owner: owner ?? '', name: name ?? '' }} className={`${classes.node} nodrag nopan`} aria-current={data.isFocus || undefined} title={data.name}><span className={classes.owner}>{owner}/</span>{name}</Link>
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </>
  )
}

const NODE_TYPES = { repository: Repository }

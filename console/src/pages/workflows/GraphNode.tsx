import { Handle, Position, type NodeProps, type Node } from '@xyflow/react'
import { createContext, memo, useContext, useSyncExternalStore } from 'react'
import { duration, words } from '../../components/format'
import { toneOf } from '../../components/State'
import { useNow } from '../../components/Time'
import type { DefinitionNode } from './api'
import { kindOf } from './nodeTypes'
import { fanOut, type ExecutionStore, type NodeProgress } from './store'
import { durationOf } from './timeline'
import classes from './workflows.module.css'

export type GraphNodeType = Node<{ node: DefinitionNode }, 'node'>

/** The execution whose progress the nodes show, if any. */
export const StoreContext = createContext<ExecutionStore | undefined>(undefined)

/** A node of a graph that is looked at. It is drawn again only when its own progress changed. */
export const GraphNode = memo(function GraphNode({ data, selected }: NodeProps<GraphNodeType>) {
  const store = useContext(StoreContext)
  const kind = kindOf(data.node.type)
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {store ? <WithProgress node={data.node} store={store} selected={selected} /> : (
        <div className={classes.node} data-selected={selected || undefined}>
          <span className={classes.nodeIcon}><kind.icon size={18} stroke={1.7} aria-hidden /></span>
          <div className={classes.nodeText}>
            <div className={classes.nodeName}>{data.node.name ?? data.node.id}</div>
            <div className={classes.nodeAbout}>{kind.label}{data.node.condition ? ` · if ${data.node.condition}` : ''}</div>
          </div>
        </div>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
})

function WithProgress({ node, store, selected }: { node: DefinitionNode; store: ExecutionStore; selected: boolean }) {
  const progress = useSyncExternalStore((listener) => store.subscribeNode(node.id, listener), () => store.node(node.id))
  const isCritical = store.critical.has(node.id)
  const kind = kindOf(node.type)
  return (
    <div className={classes.node} data-tone={toneOf(progress.status)} data-selected={selected || undefined} data-critical={isCritical || undefined} title={progress.error}>
      <span className={classes.nodeIcon}><kind.icon size={18} stroke={1.7} aria-hidden /></span>
      <div className={classes.nodeText}>
        <div className={classes.nodeName}>{node.name ?? node.id}</div>
        <div className={classes.nodeAbout}>
          {words(progress.status)}{progress.attempts > 1 ? `, attempt ${progress.attempts}` : ''} {progress.startedAt !== undefined && <>· <Took node={progress} /></>}
          {progress.children && <div className={classes.nodeAbout}>{fanOut(progress.children)}</div>}
        </div>
      </div>
    </div>
  )
}

function Took({ node }: { node: NodeProgress }) {
  return node.completedAt === undefined ? <Running node={node} /> : <>{duration(durationOf(node, 0))}</>
}

/** Only what runs ticks. */
function Running({ node }: { node: NodeProgress }) {
  return <>{duration(durationOf(node, Math.max(useNow(), node.startedAt ?? 0)))}</>
}

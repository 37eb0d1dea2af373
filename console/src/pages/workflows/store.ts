import { criticalPath } from './timeline'
import type { DefinitionEdge, Execution, ExecutionEvent, ExecutionStatus, NodeState, NodeStatus } from './api'

/** What the panes show of a node; it changes with the events. */
export interface NodeProgress {
  status: NodeStatus
  attempts: number
  startedAt: number | undefined
  completedAt: number | undefined
  error: string | undefined
  /** Of a map or group: how many children it has, and how those stand that are no longer pending. */
  children: { total: number; done: number; failed: number; running: number } | undefined
}

const ENDED = new Set<NodeStatus>(['completed', 'failed', 'skipped', 'blocked', 'cancelled'])

/** What an event says about the status of its node. */
const STATUS: Record<string, NodeStatus> = {
  node_started: 'running', node_expanded: 'running', node_completed: 'completed', node_failed: 'failed', node_blocked: 'blocked', node_skipped: 'skipped', node_retry: 'ready',
  node_waiting: 'waiting', signal_awaited: 'waiting', review_requested: 'waiting', signal_received: 'ready', step_completed: 'completed', step_failed: 'failed', step_retrying: 'ready', timer_started: 'waiting',
}

/** Events after which the whole execution is read again: nodes may have begun anew. */
const REREAD = new Set(['workflow_retried', 'workflow_timed_out', 'workflow_resumed', 'workflow_paused', 'workflow_completed', 'workflow_failed', 'workflow_cancelled', 'node_skipped'])

const EXECUTION_STATUS: Record<string, ExecutionStatus> = {
  workflow_started: 'running', workflow_paused: 'paused', workflow_resumed: 'running', workflow_retried: 'running', workflow_completed: 'completed', workflow_failed: 'failed', workflow_cancelled: 'cancelled',
}

export function isEnded(status: NodeStatus): boolean {
  return ENDED.has(status)
}

export function progressOf(node: NodeState): NodeProgress {
  const counts = node.children
  const sum = (...statuses: NodeStatus[]) => statuses.reduce((all, status) => all + (counts?.[status] ?? 0), 0)
  return {
    status: node.status,
    attempts: node.attempt_count,
    startedAt: node.started_at ? Date.parse(node.started_at) : undefined,
    completedAt: node.completed_at ? Date.parse(node.completed_at) : undefined,
    error: node.error ?? undefined,
    children: counts ? {
      total: Object.values(counts).reduce((all, each) => all + each, 0),
      done: sum('completed', 'skipped'),
      failed: sum('failed', 'blocked'),
      running: sum('running', 'waiting'),
    } : undefined,
  }
}

/** The node after an event about it. */
export function after(node: NodeProgress, event: ExecutionEvent): NodeProgress {
  const status = STATUS[event.type]
  if (!status) return node
  const at = Date.parse(event.timestamp)
  const attempt = Number(event.data?.attempt ?? node.attempts)
  // The steps of programs tell their end only.
  const isAnew = (event.type === 'node_started' && attempt <= 1) || node.startedAt === undefined
  return {
    ...node,
    status,
    attempts: event.type === 'node_started' ? attempt : node.attempts,
    startedAt: isAnew && status !== 'skipped' && status !== 'ready' ? at : node.startedAt,
    completedAt: isEnded(status) ? at : undefined,
    error: event.error ?? (status === 'running' || status === 'completed' ? undefined : node.error),
    children: event.type === 'node_expanded' ? { total: Number(event.data?.children ?? 0), done: 0, failed: 0, running: 0 } : node.children,
  }
}

/** The map or group after an event about one of its children. */
export function afterChild(parent: NodeProgress, event: ExecutionEvent): NodeProgress {
  const counts = parent.children
  if (!counts) return parent
  switch (event.type) {
    case 'node_started':
      return Number(event.data?.attempt ?? 1) > 1 ? parent : { ...parent, children: { ...counts, running: counts.running + 1 } }
    case 'node_completed':
      return { ...parent, children: { ...counts, done: Math.min(counts.total - counts.failed, counts.done + 1), running: Math.max(0, counts.running - 1) } }
    case 'node_failed':
    case 'node_blocked':
      return { ...parent, children: { ...counts, failed: counts.failed + 1, running: Math.max(0, counts.running - 1) } }
    case 'node_skipped':
      return { ...parent, children: { ...counts, done: counts.done + 1 } }
    default:
      return parent
  }
}

const NONE: NodeProgress = { status: 'pending', attempts: 0, startedAt: undefined, completedAt: undefined, error: undefined, children: undefined }

/**
 * How the nodes of an execution stand, outside of React: an event redraws its own node and nothing else, however many there are.
 * Whoever shows all of them listens to {@link subscribe} and is told once for a batch.
 */
export class ExecutionStore {
  private nodes = new Map<string, NodeProgress>()
  private readonly listeners = new Set<() => void>()
  private readonly nodeListeners = new Map<string, Set<() => void>>()
  /** Events up to here are in what was read. */
  private seen = 0
  version = 0
  status: ExecutionStatus = 'pending'
  /** The same set as long as the same nodes are on it. */
  critical: ReadonlySet<string> = new Set()
  private edges: readonly DefinitionEdge[] = []

  /** Takes over what the server has; events that came meanwhile are in it. */
  load(execution: Execution) {
    this.status = execution.status
    if (execution.node_states.length === 0) return this.tell([])
    const next = new Map(execution.node_states.map((node) => [node.node_id, progressOf(node)]))
    const changed = [...next].filter(([id, node]) => !same(node, this.nodes.get(id))).map(([id]) => id)
    for (const [id, node] of this.nodes) if (next.has(id) && !changed.includes(id)) next.set(id, node)
    this.nodes = next
    this.tell(changed)
  }

  /**
   * Applies events in order.
   *
   * @returns whether the execution is to be read again
   */
  apply(events: readonly ExecutionEvent[]): boolean {
    const changed = new Set<string>()
    let isReread = false
    for (const event of events) {
      if (event.sequence <= this.seen) continue
      this.seen = event.sequence
      this.status = EXECUTION_STATUS[event.type] ?? this.status
      isReread ||= REREAD.has(event.type)
      if (!event.node_id) continue
      const slash = event.node_id.lastIndexOf('/')
      const id = slash < 0 ? event.node_id : event.node_id.slice(0, slash)
      const node = this.nodes.get(id) ?? NONE
      const next = slash < 0 ? after(node, event) : afterChild(node, event)
      if (next !== node) {
        this.nodes.set(id, next)
        changed.add(id)
        isReread ||= next.children !== undefined && isEnded(next.status)
      }
    }
    if (changed.size || isReread) this.tell(changed)
    return isReread
  }

  /** Along which the critical path is sought. */
  setEdges(edges: readonly DefinitionEdge[]) {
    this.edges = edges
    this.tell([])
  }

  node = (id: string): NodeProgress => this.nodes.get(id) ?? NONE

  all(): ReadonlyMap<string, NodeProgress> {
    return this.nodes
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  subscribeNode(id: string, listener: () => void) {
    const own = this.nodeListeners.get(id) ?? new Set()
    this.nodeListeners.set(id, own.add(listener))
    return () => void own.delete(listener)
  }

  private tell(changed: Iterable<string>) {
    this.version++
    const told = new Set(changed)
    const critical = this.edges.length ? criticalPath(this.nodes, this.edges) : this.critical
    const moved = [...critical].filter((id) => !this.critical.has(id)).concat([...this.critical].filter((id) => !critical.has(id)))
    if (moved.length) this.critical = critical
    moved.forEach((id) => told.add(id))
    for (const id of told) this.nodeListeners.get(id)?.forEach((listener) => listener())
    this.listeners.forEach((listener) => listener())
  }
}

function same(a: NodeProgress, b: NodeProgress | undefined): boolean {
  return !!b && a.status === b.status && a.attempts === b.attempts && a.startedAt === b.startedAt && a.completedAt === b.completedAt && a.error === b.error
    && a.children?.total === b.children?.total && a.children?.done === b.children?.done && a.children?.failed === b.children?.failed && a.children?.running === b.children?.running
}

/** A fan-out in a few words: "×120: 118 done, 2 failed". */
export function fanOut(children: NonNullable<NodeProgress['children']>): string {
  const parts = [`${children.done} done`, children.failed && `${children.failed} failed`, children.running && `${children.running} running`].filter(Boolean)
  return `×${children.total}: ${parts.join(', ')}`
}

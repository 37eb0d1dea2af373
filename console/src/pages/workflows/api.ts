import { queryOptions } from '@tanstack/react-query'
import { api, body, request } from '../../api/client'
import { parse, type Json } from '../../api/json'

/** What the server answers about workflows, as its records are; the document types their fields more loosely. */

export type ExecutionStatus = 'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled'
export type NodeStatus = 'pending' | 'ready' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'blocked' | 'cancelled'

export interface WorkflowLine {
  workflow_id: string
  name: string
  type: string
  description: string
  version: number
  nodes: number
  edges: number
  created_at: string
}

export interface DefinitionNode {
  id: string
  name?: string
  type: string
  executor?: string
  dependencies?: string[]
  condition?: string
  config?: Record<string, Json>
  retry?: Record<string, Json>
  timeout?: string
  heartbeat_timeout?: string
  gate?: { threshold?: number }
  input_contract?: Json
  output_contract?: Json
  metadata?: Record<string, Json>
}

export interface DefinitionEdge {
  from: string
  to: string
  condition?: string
}

export interface Definition {
  id: string
  name?: string
  description?: string
  type?: string
  nodes: DefinitionNode[]
  edges?: DefinitionEdge[]
  metadata?: Record<string, Json>
  skill?: { name: string; description?: string; input_schema?: Record<string, Json>; tags?: string[] }
}

export interface Version {
  workflow_id: string
  version: number
  created_at: string
  definition: Definition
}

export interface Place {
  x: number
  y: number
}

export interface Artifact {
  id: string
  execution_id: string
  node_id: string | null
  artifact_type: string
  name: string
  description: string
  content_type: string
  size_bytes: number
  sha256: string
  created_at: string
  url: string
}

export interface NodeState {
  node_id: string
  parent_node_id: string | null
  node_type: string
  status: NodeStatus
  attempt_count: number
  started_at: string | null
  completed_at: string | null
  inputs: Json | null
  outputs: Json | null
  artifacts: Artifact[]
  error: string | null
  error_type: string | null
  quality_score: number | null
  heartbeat: Json | null
  due_at: string | null
  remaining: number | null
  /** Of a map or group: how many of its children are in which status. */
  children: Partial<Record<NodeStatus, number>> | null
  task_id: string | null
}

export interface ExecutionLine {
  execution_id: string
  workflow_id: string
  workflow_version: number
  status: ExecutionStatus
  completed_nodes: number
  total_nodes: number
  failed_nodes: number
  skipped_nodes: number
  progress_percent: number
  created_at: string
  started_at: string | null
  paused_at: string | null
  completed_at: string | null
  error: string | null
  error_node_id: string | null
  key: string | null
  schedule: string | null
  parent_id: string | null
  forked_from: string | null
}

export interface Execution extends ExecutionLine {
  node_states: NodeState[]
  duration: number | null
  input: Json
  output: Json | null
}

export interface ExecutionEvent {
  type: string
  timestamp: string
  workflow_id: string
  execution_id: string
  node_id: string | null
  message: string | null
  data: Record<string, Json> | null
  error: string | null
  sequence: number
}

export interface Review {
  execution_id: string
  workflow_id: string
  node_id: string
  prompt: string
  since: string | null
  due_at: string | null
}

export interface WorkflowSchedule {
  workflow_id: string
  name: string
  cron: string | null
  every: string | null
  zone: string
  catch_up: string
  overlap: string
  version: number | null
  input: Json
  schedule: string
  paused_at: string | null
  next_run_at: string
  upcoming: string[]
  last_run_at: string | null
}

export interface Fault {
  pointer: string
  detail: string
  remedy: string
}

export interface Validation {
  valid: boolean
  errors: Fault[]
  definition?: Definition
}

export interface Paged<T> {
  items: T[]
  next: string | null
}

/** The answer of a typed request as the type above that it has. */
export async function view<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
  return (await body(answer)) as T
}

export const workflowsQuery = queryOptions({ queryKey: ['workflows', 'list'], queryFn: () => view<WorkflowLine[]>(api.GET('/api/workflows', { params: { query: { limit: 1000 } } })) })

export const versionsQuery = (id: string) => queryOptions({ queryKey: ['workflows', 'versions', id], queryFn: async () => (await view<{ items: WorkflowLine[] }>(api.GET('/api/workflows/{id}/versions', { params: { path: { id } } }))).items })

/** A version never changes, so it is read once. */
export const versionQuery = (id: string, version: number) => queryOptions({
  queryKey: ['workflow-version', id, version],
  queryFn: () => view<Version>(api.GET('/api/workflows/{id}/versions/{version}', { params: { path: { id, version } } })),
  staleTime: Infinity,
})

/** Where the server would draw the nodes of a version. */
export const placesQuery = (id: string, version: number) => queryOptions({
  queryKey: ['workflow-places', id, version],
  queryFn: async () => new Map((await view<{ nodes: { id: string; position: Place }[] }>(api.GET('/api/workflows/{id}', { params: { path: { id }, query: { version } } }))).nodes.map((node) => [node.id, node.position])),
  staleTime: Infinity,
})

export const schedulesQuery = (id: string) => queryOptions({ queryKey: [['schedules', 'workflows'], id], queryFn: async () => (await view<{ items: WorkflowSchedule[] }>(api.GET('/api/workflows/{id}/schedules', { params: { path: { id } } }))).items })

export const reviewsQuery = queryOptions({ queryKey: ['executions', 'reviews'], queryFn: () => view<Paged<Review>>(api.GET('/api/reviews', { params: { query: { limit: 200 } } })) })

/** Read once: what happens from then on comes with the events. Actions and a lost connection have it read again. */
export const executionQuery = (id: string) => queryOptions({ queryKey: ['execution', id], queryFn: () => view<Execution>(api.GET('/api/executions/{id}', { params: { path: { id } } })) })

/** A node with its input and output; `marks` are what changes when it is to be read again. */
export const nodeQuery = (execution: string, node: string, ...marks: (string | number)[]) => queryOptions({
  queryKey: ['execution-node', execution, node, ...marks],
  queryFn: () => view<NodeState>(api.GET('/api/executions/{id}/nodes/{node}', { params: { path: { id: execution, node } } })),
})

/** Checks a definition in JSON or YAML; `unknown` allows tasks that no worker has yet. */
export async function validate(text: string, options: { type?: string; unknown?: boolean; signal?: AbortSignal } = {}): Promise<Validation> {
  const answer = await request(`/api/workflows/validate${unknownTasks(options.unknown)}`, { method: 'POST', body: text, headers: { 'Content-Type': options.type ?? 'application/json' }, signal: options.signal })
  return parse(await answer.text()) as unknown as Validation
}

/** Stores a definition as the next version of its workflow. */
export async function apply(id: string, text: string, unknown: boolean): Promise<Version> {
  const answer = await request(`/api/workflows/${encodeURIComponent(id)}${unknownTasks(unknown)}`, { method: 'PUT', body: text, headers: { 'Content-Type': 'application/json' } })
  return parse(await answer.text()) as unknown as Version
}

const unknownTasks = (allowed = false) => (allowed ? '?unknown_tasks=allow' : '')

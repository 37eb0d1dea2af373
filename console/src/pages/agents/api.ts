import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ApiError, body, request, type Schemas } from '../../api/client'
import { parse, stringify, type Json } from '../../api/json'
import type { Schema } from '../../components/SchemaForm'

/** What the API answers, with what its description leaves open (what is always there, and what may be null), and the questions of this area. */

/** A page of a list. */
export interface Listed<T> {
  items: T[]
  next?: string | null
}

export interface AgentTask {
  id: string
  owner: string
  context_id: string
  state: string
  skill: string | null
  status_at: string
  message: string | null
  last_sequence: number
  run_id: string | null
  task: ProtocolTask | null
}

export interface Delivery {
  id: string
  agent_task_id: string
  config_id: string
  sequence: number
  state: string
  endpoint: string | null
  attempts: number
  next_attempt: string | null
  last_status: number | null
  last_error: string | null
  created_at: string
  ended_at: string | null
}

export interface Endpoint {
  endpoint: string
  state: string
  failures: number
  opened_at: string | null
  next_probe: string | null
  last_error: string | null
  last_success: string | null
  last_failure: string | null
  pending: number
  dead: number
}

export interface Conversation {
  id: string
  owner: string
  created_at: string
  tasks: number
  open: number
  last_at: string | null
}

export interface ModelCall {
  id: string
  called_at: string
  provider: string
  model: string
  purpose: string
  task_id: string | null
  input_tokens: number
  output_tokens: number
  cost: number | null
  currency: string | null
  duration_ms: number
  attempts: number
  outcome: string
  error_code: string | null
  error: string | null
}

export interface ModelUse {
  key: string
  calls: number
  failed: number
  attempts: number
  input_tokens: number
  output_tokens: number
  costs: Record<string, number>
  unpriced: number
  average_ms: number
  longest_ms: number
}

export interface Skill {
  id: string
  display_name: string
  description: string
  category: string
  requires_auth: boolean
  is_async: boolean
  input_schema: Schema
  output_schema: Schema
}

/** A part of a message or artifact, as A2A writes it: one of text, data, url and raw. */
export interface Part {
  text?: string
  data?: Json
  url?: string
  raw?: string
  filename?: string
  mediaType?: string
}

export interface Message {
  messageId: string
  role: string
  parts?: Part[]
  metadata?: Record<string, Json>
}

export interface Status {
  state: string
  message?: Message
  timestamp?: string
}

export interface Artifact {
  artifactId: string
  name?: string
  description?: string
  parts?: Part[]
}

/** A task as A2A writes it. */
export interface ProtocolTask {
  id: string
  contextId: string
  status: Status
  artifacts?: Artifact[]
  history?: Message[]
  metadata?: Record<string, Json>
}

type Numbered = { metadata?: Record<string, Json> }

/** What a stream brings: one of these, with its sequence in the metadata. */
export interface StreamItem {
  task?: ProtocolTask
  message?: Message
  statusUpdate?: { status: Status } & Numbered
  artifactUpdate?: { artifact: Artifact; append?: boolean; lastChunk?: boolean } & Numbered
}

export interface AgentCard {
  name: string
  description: string
  version: string
  documentationUrl?: string
  provider?: { organization?: string; url?: string }
  supportedInterfaces?: { url: string; protocolBinding: string; protocolVersion: string; tenant?: string }[]
  capabilities?: { streaming?: boolean; pushNotifications?: boolean; extendedAgentCard?: boolean; extensions?: { uri: string; description?: string; required?: boolean }[] }
  securitySchemes?: Record<string, Record<string, Json>>
  defaultInputModes?: string[]
  defaultOutputModes?: string[]
  skills?: { id: string; name: string; description?: string; tags?: string[] }[]
  signatures?: Json[]
}

export interface RemoteAgent {
  name: string
  address: string
  reachable: boolean
  error?: string | null
  card?: { name: string; description: string; version: string; bindings: string[]; streaming: boolean; push_notifications: boolean; verified: boolean; skills: { id: string; name: string; description: string }[] } | null
}

export interface ModelCard {
  id: string
  workspaceId: string
  userId: string
  name: string
  slug: string
  description: string
  card: { [key: string]: Json }
  version: number
  status: string
  createdAt: string
  updatedAt: string
  deletedAt?: string | null
}

export interface ModelCardVersion {
  version: number
  name: string
  description: string
  card: { [key: string]: Json }
  status: string
  changeReason: string
  restoredFrom?: number | null
  createdAt: string
}

const PAGE = 100

/** The body of an answer, as it is declared here. */
async function typed<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
  return (await body(answer)) as T
}

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await request(path, init)
  const written = await answer.text()
  return (written ? parse(written) : undefined) as T
}

export function send<T>(method: string, path: string, content?: unknown, more: Record<string, string> = {}): Promise<T> {
  return json<T>(path, { method, body: content === undefined ? undefined : stringify(content, 0), headers: { 'Content-Type': 'application/json', ...more } })
}

export function query(values: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : ''
}

export const skillsQuery = queryOptions({ queryKey: ['skills'], queryFn: () => json<Skill[]>('/api/skills'), staleTime: 60_000 })

export interface TaskFilter {
  state?: string
  skill?: string
  owner?: string
  context?: string
}

export const agentTasksQuery = (filter: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: ['agents', 'tasks', filter],
    queryFn: ({ pageParam }) => typed<Listed<AgentTask>>(api.GET('/api/agent/tasks', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const agentTaskQuery = (id: string) => queryOptions({ queryKey: ['agents', 'task', id], queryFn: () => typed<AgentTask>(api.GET('/api/agent/tasks/{id}', { params: { path: { id } } })) })

export const contextsQuery = (owner?: string) =>
  infiniteQueryOptions({
    queryKey: ['agents', 'contexts', owner],
    queryFn: ({ pageParam }) => typed<Listed<Conversation>>(api.GET('/api/agent/contexts', { params: { query: { owner, cursor: pageParam, limit: PAGE } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export interface DeliveryFilter {
  state?: string
  owner?: string
}

/** Those of all tasks, or of one. */
export const deliveriesQuery = (filter: DeliveryFilter, task?: string) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', filter, task],
    queryFn: ({ pageParam }) => task
      ? typed<Listed<Delivery>>(api.GET('/api/agent/tasks/{id}/deliveries', { params: { path: { id: task }, query: { state: filter.state, cursor: pageParam, limit: PAGE } } }))
      : typed<Listed<Delivery>>(api.GET('/api/agent/deliveries', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const endpointsQuery = (owner?: string) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'endpoints', owner],
    queryFn: ({ pageParam }) => typed<Listed<Endpoint>>(api.GET('/api/agent/endpoints', { params: { query: { owner, cursor: pageParam, limit: PAGE } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** The address stands below the server's root, where other agents look for it. */
export const CARD_PATH = '.well-known/agent-card.json'

export const cardQuery = queryOptions({ queryKey: ['agent-card'], queryFn: () => json<AgentCard>(CARD_PATH), staleTime: 60_000 })

export const remoteAgentsQuery = queryOptions({ queryKey: ['remote-agents'], queryFn: async () => (await json<{ items: RemoteAgent[] }>('/api/agents')).items, staleTime: 30_000 })

export interface CallFilter {
  model?: string
  purpose?: string
  outcome?: string
  task_id?: string
}

export const modelCallsQuery = (filter: CallFilter, days: number) =>
  infiniteQueryOptions({
    queryKey: ['models', 'calls', filter, days],
    queryFn: ({ pageParam }) => json<Listed<ModelCall>>(`/api/models/calls${query({ ...filter, from: since(days), cursor: pageParam, limit: PAGE })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const modelUsageQuery = (by: 'model' | 'purpose' | 'day' | 'hour', days: number) =>
  queryOptions({ queryKey: ['models', 'usage', by, days], queryFn: async () => (await json<{ items: ModelUse[] }>(`/api/models/usage${query({ by, from: since(days) })}`)).items })

function since(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString()
}

export interface CardFilter {
  workspace_id?: string
  status?: string
  q?: string
  deleted?: boolean
}

export const modelCardsQuery = (filter: CardFilter) =>
  infiniteQueryOptions({
    queryKey: ['models', 'cards', filter],
    queryFn: ({ pageParam }) => json<{ items: ModelCard[]; total: number }>(`/a2a/model-cards${query({ ...filter, deleted: filter.deleted || undefined, limit: PAGE, offset: pageParam })}`),
    initialPageParam: 0,
    getNextPageParam: (page, pages) => {
      const read = pages.reduce((sum, each) => sum + each.items.length, 0)
      return page.items.length && read < page.total ? read : undefined
    },
  })

export const modelCardQuery = (id: string) => queryOptions({ queryKey: ['models', 'card', id], queryFn: () => modelCard(id) })

/** A card; one that was deleted as its newest version says, since it can be restored. */
async function modelCard(id: string): Promise<ModelCard> {
  try {
    return await json<ModelCard>(`/a2a/model-cards/${encodeURIComponent(id)}`)
  } catch (error) {
    if (!(error instanceof ApiError && error.isNotFound)) throw error
    const newest = (await versionsOf(id))[0]
    if (!newest) throw error
    return { id, workspaceId: '', userId: '', slug: '', name: newest.name, description: newest.description, card: newest.card, version: newest.version, status: newest.status, createdAt: newest.createdAt, updatedAt: newest.createdAt, deletedAt: newest.createdAt }
  }
}

async function versionsOf(id: string): Promise<ModelCardVersion[]> {
  return (await json<{ items: ModelCardVersion[] }>(`/a2a/model-cards/${encodeURIComponent(id)}/versions?limit=100`)).items
}

export const modelCardVersionsQuery = (id: string) => queryOptions({ queryKey: ['models', 'card-versions', id], queryFn: () => versionsOf(id) })

export type McpSession = Schemas['McpSessionView']

export const mcpSessionsQuery = queryOptions({ queryKey: ['agent', 'mcp-sessions'], queryFn: () => json<Schemas['McpSessionsView']>('/api/agent/mcp-sessions'), refetchInterval: 10_000 })

/** The names of repositories that the server knows, for fields that want one. */
export const repositoryNamesQuery = queryOptions({
  queryKey: [['triage', 'knowledge'], 'repository names'],
  queryFn: async () => (await json<{ items: string[] }>('/api/knowledge/names/repositories?limit=500')).items,
  staleTime: 30_000,
})

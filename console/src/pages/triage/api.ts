import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, body, request } from '../../api/client'
import { parse, stringify, type Json } from '../../api/json'
import type { RelationshipDocument } from './relationships'

/** What the API answers where its description leaves the shape open, and the questions of this area. */

export interface Action {
  id: string
  key: string
  kind: string
  target_repo: string
  urgency: string
  state: string
  title: string
  body: string
  labels: string[]
  error: string | null
  task_id: string | null
  created_at: string
  sent_at: string | null
}

export interface Digest {
  since: string
  entries: number
  repositories: Record<string, Action[]>
}

export interface ChangeEvent {
  source_repo: string
  commit_sha: string
  commit_message: string
  branch: string
  changed_files: { path: string; change_type: string; diff: string }[]
  timestamp?: string
}

/** What a change means for one dependent repository. */
export interface TriageResult {
  requires_action: boolean
  urgency: string
  impact_summary: string
  affected_files: string[]
  recommended_changes: string
  confidence: number
  reasoning: string
  architecture_context: string
  model: string
}

/** A task that decides, or has decided, what a change means for a repository. */
export interface Decision {
  id: string
  state: string
  type: string
  created_at: string
  ended_at?: string | null
  error?: string | null
  payload: { source_repo: string; target_repo: string; relationship_type: string; change_event: ChangeEvent; relationship: Record<string, Json> }
  result?: TriageResult | null
}

interface Cursors {
  consumer?: string | null
  template?: string | null
}

const PAGE = 100

export const relationshipsQuery = queryOptions({ queryKey: ['triage', 'relationships'], queryFn: async () => (await body(api.GET('/api/relationships'))) as unknown as RelationshipDocument })

type Tasks = { items: Decision[]; next?: string | null }

/** Decisions, newest first: two types of tasks, read together. */
export const decisionsQuery = infiniteQueryOptions({
  queryKey: [['tasks'], 'triage'],
  queryFn: async ({ pageParam }) => {
    const read = async (type: string, cursor: string | null | undefined): Promise<Tasks> =>
      cursor === null ? { items: [], next: null } : ((await body(api.GET('/api/tasks', { params: { query: { type, cursor, limit: PAGE } } }))) as unknown as Tasks)
    const [consumer, template] = await Promise.all([read('consumer_triage', pageParam.consumer), read('template_triage', pageParam.template)])
    return { items: [...consumer.items, ...template.items], next: { consumer: consumer.next ?? null, template: template.next ?? null } }
  },
  initialPageParam: {} as Cursors,
  getNextPageParam: (page) => (page.next.consumer || page.next.template ? page.next : undefined),
})

export const decisionQuery = (id: string) => queryOptions({ queryKey: ['tasks', 'triage', id], queryFn: async () => (await body(api.GET('/api/tasks/{id}', { params: { path: { id } } }))) as unknown as Decision })

export const actionsQuery = infiniteQueryOptions({
  queryKey: ['triage', 'actions'],
  queryFn: async ({ pageParam }) => (await body(api.GET('/api/actions', { params: { query: { cursor: pageParam, limit: PAGE } } }))) as { items: Action[]; next?: string | null },
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
})

export const digestQuery = (days: number) => queryOptions({ queryKey: ['triage', 'digest', days], queryFn: async () => (await body(api.GET('/api/digest', { params: { query: { days } } }))) as Digest })

export interface Notified {
  status: string
  message?: string
  consumers_scheduled?: string[]
  derivatives_scheduled?: string[]
  total_dependents?: number
}

export interface Imported {
  repositories: number
  added: number
  updated: number
}

export async function post<T>(path: string, content: unknown): Promise<T> {
  const answer = await request(path, { method: 'POST', body: stringify(content, 0), headers: { 'Content-Type': 'application/json' } })
  return parse(await answer.text()) as T
}

import { request } from '../../api/client'
import { parse, stringify, type Json } from '../../api/json'

export interface Listed<T> {
  items: T[]
  next: string | null
}

export interface Cache {
  name: string
  durability: string
  default_ttl_ms: number | null
  ttl_max_ms: number | null
  entries_max: number | null
  bytes_max: number | null
  eviction: string
  near: boolean
  near_bytes_max: number
  near_ttl_ms: number
  negative_ttl_ms: number
  created_at: string
  entries: number
  bytes: number
  measured_at: string | null
}

export interface CacheEntry {
  key: string | null
  key_base64: string
  kind: string
  bytes: number
  version: string
  ttl_ms: number | null
  created_at: string
  written_at: string
  accessed_at: string
  access_count: number
  tags: string[]
}

export interface CacheStatistics {
  hits: number
  near_hits: number
  stale_hits: number
  misses: number
  hit_rate: number
  sets: number
  deletes: number
  loads: number
  evictions: number
  expirations: number
  total_keys: number
  active_keys: number
  expired_keys: number
  avg_access_count: number
  max_access_count: number
  bytes: number
  table_size: number
  measured_at: string | null
}

export interface Session {
  handle: string
  user: string | null
  agent: string | null
  ip_address: string | null
  user_agent: string | null
  created_at: string
  updated_at: string
  accessed_at: string
  expires_at: string
  ended_at: string | null
  end_reason: string | null
}

export interface SessionStatistics {
  active: number
  expired: number
  deleted: number
  unique_users: number
  oldest_session: string | null
  newest_activity: string | null
  table_bytes: number
}

export interface Collection {
  name: string
  created_at: string
  changes_retention_ms: number | null
  document_max: number | null
  documents: number
  bytes: number
  indexes: number
}

export interface Index {
  name: string
  kind: string
  paths: string[]
  unique: boolean
  state: string
  error: string | null
  bytes: number
}

export type Document = { [key: string]: Json }

/** A document with what is known about it. */
export interface Envelope {
  id: string
  rev: number
  created_at: string
  updated_at: string
  metadata: Document
  document: Document
}

export interface Explanation {
  clauses: { condition: string; service: 'id' | 'btree' | 'gin' | 'none'; index: string | null; advice: string | null }[]
  plan: string[]
}

export interface DataImport {
  id: string
  kind: string
  source: string
  target: string
  state: string
  part: string | null
  report: {
    read: number
    written: number
    skipped: number
    rejected: number
    vanished: number
    expired: number
    types: Record<string, number>
    unsupported: Record<string, { count: number; samples: string[] }>
    notes: Record<string, { count: number; samples: string[] }>
    indexes: { collection: string; name: string; keys: string; outcome: string }[]
    checks: { target: string; source_count: number; source_checksum: string; target_count: number; target_checksum: string; expired: number; examples: string[] }[]
  }
  error: string | null
  lease_until: string | null
  started_at: string
  updated_at: string
  ended_at: string | null
}

/**
 * Asks where bodies and answers are JSON of anybody's making: documents, whose numbers must stay exact on their way there, too, and
 * values of caches. Elsewhere the typed client is used.
 */
export async function call<T>(method: string, path: string, given?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const answer = await request(path, { method, signal, headers: given === undefined ? headers : { 'Content-Type': 'application/json', ...headers }, body: given === undefined ? undefined : stringify(given, 0) })
  const text = await answer.text()
  return (text ? parse(text) : undefined) as T
}

/** A path whose parts may be anything. */
export function path(...parts: string[]): string {
  return `/api/${parts.map(encodeURIComponent).join('/')}`
}

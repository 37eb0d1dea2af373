import { queryOptions } from '@tanstack/react-query'
import type { Json } from '../../api/json'
import { api, body } from '../../api/client'

/** What the API answers here as free JSON. */

export type KindPath = 'patterns' | 'decisions' | 'components' | 'lessons' | 'issues'

export interface Listed<T> {
  items: T[]
  next: string | null
}

/** What all kinds of entries have, and what each has of its own. */
export interface Entry {
  id: string
  repository: string
  created_at: string
  updated_at: string
  details?: { [key: string]: Json }
  [field: string]: Json | undefined
}

export interface Repository {
  name: string
  type: string | null
  description: string | null
  problem_domain: string
  primary_language: string
  url: string
  last_analyzed: string | null
  last_commit_sha: string
  keywords: string[]
  patterns: number
  decisions: number
  components: number
  lessons: number
  open_issues: number
  details: { [key: string]: Json }
  created_at: string
  updated_at: string
}

export interface Hit {
  key: string
  title: string
  score: number
  metadata: { [key: string]: Json }
  rankers: Partial<Record<'text' | 'semantic' | 'spelling', { rank: number; score: number }>>
  highlight: { title: string; snippet: string }
}

export interface SearchAnswer {
  mode: string
  hits: Hit[]
  notes: string[]
}

export interface Similar {
  key: string
  title: string
  similarity: number
  metadata: { [key: string]: Json }
}

export interface MapPoint {
  key: string
  title: string
  x: number
  y: number
  metadata: { [key: string]: Json }
}

export interface Relation {
  source_repo: string
  target_repo: string
  relationship_type: string
  description: string | null
  sync_strategy: string | null
}

export interface SearchCollection {
  name: string
  language: string
  entries: number
  embedded: number
  fields: Record<string, string>
  vectors?: { dimension: number; metric: string; model: string }
  index?: { kind: string; ready: boolean; progress: number; bytes: number; warnings: string[] }
}

export interface CollectionEntry {
  key: string
  title: string
  text: string
  metadata: { [key: string]: Json }
  updated_at: string
}

const NAMES_PAGE = 500
/** More than that nobody chooses from a list. */
const NAMES_MAX = 5_000

/** All names of repositories or patterns, to choose from. */
export const names = (of: 'repositories' | 'patterns') => queryOptions({
  queryKey: ['knowledge', 'names', of],
  queryFn: async () => {
    const all: string[] = []
    let cursor: string | undefined
    do {
      const page = (await body(api.GET('/api/knowledge/names/{of}', { params: { path: { of }, query: { cursor, limit: NAMES_PAGE } } }))) as Listed<string>
      all.push(...page.items)
      cursor = page.next ?? undefined
    } while (cursor && all.length < NAMES_MAX)
    return [...new Set(all)]
  },
  staleTime: 60_000,
})

/** `pattern:UUID` of the search is `/knowledge/patterns/UUID` here. */
export function entryOf(key: string): { kind: KindPath; id: string } {
  const at = key.indexOf(':')
  const kind = key.slice(0, at)
  return { kind: `${kind === 'runtime_issue' ? 'issue' : kind}s` as KindPath, id: key.slice(at + 1) }
}

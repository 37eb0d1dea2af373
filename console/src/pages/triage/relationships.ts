import type { Json } from '../../api/json'

/** One dependent repository, as the API and a relationships file write it. */
export interface Dependent {
  repo: string
  relationship_type?: string
  description?: string
  interface_files?: string[]
  change_triggers?: string[]
  urgency_mapping?: Record<string, string>
  shared_concerns?: string[]
  divergent_concerns?: string[]
  sync_strategy?: string
  bidirectional?: boolean
}

export interface RelationshipDocument {
  relationships: Record<string, { consumers?: Dependent[]; derivatives?: Dependent[] }>
}

export type EdgeKind = 'consumer' | 'derivative'

/** A repository that depends on another one. */
export interface Edge {
  key: string
  source: string
  target: string
  kind: EdgeKind
  details: Dependent
}

export function edgesOf(document: RelationshipDocument): Edge[] {
  return Object.entries(document.relationships).flatMap(([source, entry]) => [
    ...(entry.consumers ?? []).map((details) => edge(source, 'consumer', details)),
    ...(entry.derivatives ?? []).map((details) => edge(source, 'derivative', details)),
  ])
}

function edge(source: string, kind: EdgeKind, details: Dependent): Edge {
  return { key: `${source} ${kind} ${details.repo}`, source, target: details.repo, kind, details }
}

export function repositoriesOf(edges: readonly Edge[]): string[] {
  return [...new Set(edges.flatMap((each) => [each.source, each.target]))].sort((a, b) => a.localeCompare(b))
}

/** What of a change matters to the dependent repository. */
export function concernsOf({ kind, details }: Edge): string[] {
  return (kind === 'consumer' ? details.change_triggers : details.shared_concerns) ?? []
}

export interface Part {
  edges: Edge[]
  repositories: string[]
  /** Repositories that are left out so that the rest can be read. */
  hidden: number
}

/**
 * What fits into one picture: everything if it is little, else what is nearest to a repository. Without one, the repositories
 * that most others depend on come first.
 */
export function pictureOf(edges: readonly Edge[], focus: string | undefined, max: number): Part {
  const all = repositoriesOf(edges)
  if (all.length <= max && !focus) return { edges: [...edges], repositories: all, hidden: 0 }
  const neighbours = new Map<string, Set<string>>()
  for (const { source, target } of edges) {
    neighbours.set(source, (neighbours.get(source) ?? new Set()).add(target))
    neighbours.set(target, (neighbours.get(target) ?? new Set()).add(source))
  }
  const begin = focus ? [focus] : [...all].sort((a, b) => (neighbours.get(b)?.size ?? 0) - (neighbours.get(a)?.size ?? 0))
  const kept = new Set<string>()
  for (const start of begin) {
    for (const queue = [start]; queue.length && kept.size < max;) {
      const next = queue.shift()!
      if (kept.has(next)) continue
      kept.add(next)
      queue.push(...(neighbours.get(next) ?? []))
    }
  }
  return { edges: edges.filter((each) => kept.has(each.source) && kept.has(each.target)), repositories: all.filter((name) => kept.has(name)), hidden: all.filter((name) => !kept.has(name)).length }
}

/** How many entries a file would import, before the server has looked at it; undefined if it is no relationships file. */
export function countsOf(value: Json): { sources: number; dependents: number } | undefined {
  const relationships = value && typeof value === 'object' && !Array.isArray(value) ? value.relationships : undefined
  if (!relationships || typeof relationships !== 'object' || Array.isArray(relationships)) return undefined
  const entries = Object.values(relationships) as { consumers?: Json; derivatives?: Json }[]
  const length = (list: Json | undefined) => (Array.isArray(list) ? list.length : 0)
  return { sources: entries.length, dependents: entries.reduce((sum, each) => sum + length(each?.consumers) + length(each?.derivatives), 0) }
}

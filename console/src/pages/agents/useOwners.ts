import { useInfiniteQuery } from '@tanstack/react-query'
import { contextsQuery } from './api'

/** Callers that have conversations, of the newest ones, and the one that is chosen. */
export function useOwners(chosen?: string): string[] {
  const contexts = useInfiniteQuery(contextsQuery())
  const owners = new Set(contexts.data?.pages.flatMap((page) => page.items.map((each) => each.owner)))
  if (chosen) owners.add(chosen)
  return [...owners].sort((a, b) => a.localeCompare(b))
}

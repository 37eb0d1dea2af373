import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useReducer, useState } from 'react'
import { listTasks, type Task, type TaskQuery } from './api'
import { withNewest, withOlder } from './list'

const FIRST = 100
/** What the server hands out at once; so many of the newest are kept up to date, those behind are as they were read. */
export const LIVE_MAX = 500

interface Known {
  rows: readonly Task[]
  next: string | undefined
  /** Whether pages behind the live ones were read. */
  isDeep: boolean
  lookedAt: number
}

type Change = { kind: 'reset' } | { kind: 'newest' | 'older'; items: Task[]; next: string | undefined; lookedAt: number }

const NONE: Known = { rows: [], next: undefined, isDeep: false, lookedAt: 0 }

function change(known: Known, change: Change): Known {
  if (change.kind === 'reset') return NONE
  if (change.kind === 'older') return { rows: withOlder(known.rows, change.items), next: change.next, isDeep: true, lookedAt: known.lookedAt + change.lookedAt }
  // Nobody scrolled for more: what is read stays in reach, and the page does not grow while it is left open.
  const rows = withNewest(known.rows, change.items, !change.next, known.isDeep ? undefined : LIVE_MAX)
  const isDeep = known.isDeep && rows.length > change.items.length
  return { rows, next: isDeep ? known.next : change.next, isDeep, lookedAt: isDeep ? known.lookedAt : change.lookedAt }
}

/**
 * Tasks of a filter, newest first. The newest follow the server; a search in what tasks hold is too dear for that and is done again
 * when asked for.
 */
export function useTaskList(filter: TaskQuery) {
  const isSearch = !!(filter.payload || filter.text)
  const key = JSON.stringify(filter)
  const [known, dispatch] = useReducer(change, NONE)
  const [size, setSize] = useState(FIRST)
  const [loading, setLoading] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  useEffect(() => {
    setSize(FIRST)
    setFailure(undefined)
    dispatch({ kind: 'reset' })
  }, [key])
  const head = useQuery({
    queryKey: [isSearch ? 'task-search' : 'tasks', 'list', filter, size],
    queryFn: () => listTasks({ ...filter, limit: size }),
    placeholderData: (previous, query) => (JSON.stringify(query?.queryKey[2]) === key ? keepPreviousData(previous) : undefined),
    staleTime: isSearch ? Infinity : undefined,
  })
  useEffect(() => {
    if (head.data && !head.isPlaceholderData) dispatch({ kind: 'newest', items: head.data.items, next: head.data.next ?? undefined, lookedAt: head.data.looked_at ?? 0 })
  }, [head.data, head.isPlaceholderData])
  const hasMore = known.next !== undefined && !loading && !head.isFetching && failure === undefined
  const readMore = async () => {
    if (!isSearch && !known.isDeep && size < LIVE_MAX) {
      setSize(Math.min(LIVE_MAX, size * 2 + FIRST))
      return
    }
    setLoading(true)
    try {
      const page = await listTasks({ ...filter, limit: isSearch ? FIRST : LIVE_MAX, cursor: known.next })
      dispatch({ kind: 'older', items: page.items, next: page.next ?? undefined, lookedAt: page.looked_at ?? 0 })
    } catch (error) {
      setFailure(error)
    } finally {
      setLoading(false)
    }
  }
  const retry = () => {
    setFailure(undefined)
    void head.refetch()
  }
  return { head, rows: known.rows, next: known.next, lookedAt: known.lookedAt, isSearch, more: hasMore ? () => void readMore() : undefined, isLoadingMore: loading || (head.isFetching && head.isPlaceholderData), failure, retry }
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { api } from '../../api/client'
import { useEvents, type StreamState } from '../../live/useEvents'
import { executionQuery, view, type Execution, type ExecutionEvent } from './api'
import { ExecutionStore } from './store'

const PAGE = 500
/** Of a long execution so many events stay in memory; older ones are read again when somebody scrolls there. */
const KEPT_MAX = 5_000

interface EventPage {
  items: ExecutionEvent[]
  next: number
}

const readBefore = (id: string, before: number) => view<EventPage>(api.GET('/api/executions/{id}/events', { params: { path: { id }, query: { before, limit: PAGE } } }))

export interface ExecutionEvents {
  /** Newest first. */
  events: readonly ExecutionEvent[]
  hasOlder: boolean
  isLoadingOlder: boolean
  loadOlder: () => void
  isLoading: boolean
  error: unknown
  stream: StreamState
}

/**
 * An execution as it goes on: read once, then followed by its events, some together. It is read again only after
 * events that change more than their own node.
 */
export function useExecution(id: string): { execution: ReturnType<typeof useQuery<Execution>>; store: ExecutionStore; log: ExecutionEvents } {
  const queries = useQueryClient()
  const store = useMemo(() => new ExecutionStore(), [id])
  const execution = useQuery(executionQuery(id))
  const newest = useQuery({ queryKey: ['execution-events', id], queryFn: () => readBefore(id, Number.MAX_SAFE_INTEGER), staleTime: Infinity })
  const [events, setEvents] = useState<readonly ExecutionEvent[]>([])
  const [start, setStart] = useState<number>()
  const [round, setRound] = useState(0)
  const [older, setOlder] = useState<{ isLoading: boolean; error?: unknown }>({ isLoading: false })
  const last = useRef(0)

  useEffect(() => {
    if (!newest.data || start !== undefined) return
    last.current = newest.data.items[0]?.sequence ?? 0
    setEvents(newest.data.items)
    setStart(last.current)
  }, [newest.data, start])

  useEffect(() => {
    if (!execution.data) return
    store.load(execution.data)
    // A program has no graph: its steps are known from what they did.
    if (execution.data.workflow_version === 0 && newest.data) store.apply(newest.data.items.toReversed())
  }, [execution.data, newest.data, store])

  const onEvents = (batch: ExecutionEvent[]) => {
    last.current = batch.at(-1)?.sequence ?? last.current
    setEvents((before) => [...batch.toReversed(), ...before].slice(0, KEPT_MAX))
    if (store.apply(batch)) void queries.invalidateQueries({ queryKey: ['execution', id] })
  }
  const stream = useEvents<ExecutionEvent>(start === undefined ? undefined : `/api/executions/${id}/events/stream?round=${round}`, onEvents, (event) => event.sequence, start ?? 0)

  // The stream ends with the execution. If somebody retries it, there is an event behind the last one.
  const tail = useQuery({
    queryKey: ['executions', 'tail', id, round],
    queryFn: () => view<EventPage>(api.GET('/api/executions/{id}/events', { params: { path: { id }, query: { after: last.current, limit: 1 } } })),
    enabled: stream === 'ended',
    staleTime: 0,
  })
  useEffect(() => {
    if (stream !== 'ended' || !tail.data?.items[0] || tail.data.items[0].sequence <= last.current) return
    setStart(last.current)
    setRound((before) => before + 1)
  }, [stream, tail.data])

  const loadOlder = () => {
    const oldest = events.at(-1)
    if (!oldest || older.isLoading) return
    setOlder({ isLoading: true })
    readBefore(id, oldest.sequence).then(
      (page) => {
        setEvents((before) => [...before, ...page.items.filter((event) => event.sequence < (before.at(-1)?.sequence ?? Infinity))])
        setOlder({ isLoading: false })
      },
      (error: unknown) => setOlder({ isLoading: false, error }),
    )
  }
  return {
    execution,
    store,
    log: { events, hasOlder: (events.at(-1)?.sequence ?? 1) > 1, isLoadingOlder: older.isLoading, loadOlder, isLoading: start === undefined && !newest.isError, error: newest.error ?? older.error, stream },
  }
}

/** Draws anew when any node changed. */
export function useStoreVersion(store: ExecutionStore): number {
  return useSyncExternalStore(store.subscribe, () => store.version)
}

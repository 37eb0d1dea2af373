import { useEffect, useMemo, useState } from 'react'
import { useEvents, type StreamState } from '../../live/useEvents'
import type { StreamItem } from './api'
import { sequenceOf } from './events'

/** Events kept in the page; of longer tasks the newest. */
const EVENTS_MAX = 2_000

export interface TaskEvents {
  items: readonly StreamItem[]
  /** Events that came before those that are kept. */
  dropped: number
  stream: StreamState
}

/** Everything that clients see of a task: first what was, then what happens. */
export function useTaskEvents(id: string | undefined): TaskEvents {
  const [held, setHeld] = useState<{ id: string | undefined; items: StreamItem[]; dropped: number }>({ id, items: [], dropped: 0 })
  useEffect(() => setHeld({ id, items: [], dropped: 0 }), [id])
  const stream = useEvents<StreamItem>(id && `/api/agent/tasks/${encodeURIComponent(id)}/events/stream`, (batch) => setHeld((before) => {
    const items = [...before.items, ...batch]
    const over = Math.max(0, items.length - EVENTS_MAX)
    return { ...before, items: over ? items.slice(over) : items, dropped: before.dropped + over }
  }), sequenceOf)
  return useMemo(() => ({ items: held.id === id ? held.items : [], dropped: held.dropped, stream }), [held, id, stream])
}

import { useEffect, useRef, useState } from 'react'
import { request } from '../api/client'
import { parse } from '../api/json'
import { events } from './live'
import { whenLetGo } from './still'

/** How a stream stands: it ended by itself, or is tried again. */
export type StreamState = 'connecting' | 'live' | 'stale' | 'ended'

const RETRY_FIRST = 500
const RETRY_MAX = 15_000
/** What is read is drawn at most ten times a second: nobody reads faster, and other frames stay free for what moves. */
const BATCH_INTERVAL = 100
/** More are not kept while the screen is held still. */
const BATCH_MAX = 5_000

/**
 * Follows a stream of server-sent events such as `/api/executions/{id}/events/stream`, and after a loss goes on behind the last one.
 *
 * @param path without `after`; undefined for no stream
 * @param onEvents gets events in order: the first at once, after that those of a tenth of a second together
 * @param sequenceOf the number that the stream goes on behind
 */
export function useEvents<T>(path: string | undefined, onEvents: (batch: T[]) => void, sequenceOf: (event: T) => number, after = 0): StreamState {
  const [state, setState] = useState<StreamState>('connecting')
  const handler = useRef({ onEvents, sequenceOf })
  handler.current = { onEvents, sequenceOf }
  useEffect(() => {
    if (!path) return
    const controller = new AbortController()
    let last = after
    let waiting: T[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    let flushed = -BATCH_INTERVAL
    const flush = () => {
      timer = undefined
      if (controller.signal.aborted || waiting.length === 0) return
      flushed = performance.now()
      const batch = waiting
      waiting = []
      handler.current.onEvents(batch)
    }
    const follow = async () => {
      for (let failures = 0; !controller.signal.aborted; failures++) {
        try {
          const answer = await request(`${path}${path.includes('?') ? '&' : '?'}after=${last}`, { headers: { Accept: 'text/event-stream' }, signal: controller.signal })
          setState('live')
          for await (const data of events(answer)) {
            failures = 0
            const event = parse(data) as T
            last = handler.current.sequenceOf(event)
            waiting.push(event)
            if (waiting.length >= BATCH_MAX) flush()
            timer ??= setTimeout(() => whenLetGo(flush), Math.max(0, flushed + BATCH_INTERVAL - performance.now()))
          }
          setState('ended')
          return
        } catch {
          if (controller.signal.aborted) return
          setState('stale')
          await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_FIRST * 2 ** failures, RETRY_MAX)))
        }
      }
    }
    void follow()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [path, after])
  return state
}

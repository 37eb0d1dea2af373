import { QueryClient, type QueryKey } from '@tanstack/react-query'
import { request } from '../api/client'
import { whenLetGo } from './still'

/** What can change. The server names them in its stream; queries name them in the first part of their key. */
export type Topic = 'tasks' | 'queues' | 'schedules' | 'workers' | 'workflows' | 'executions' | 'agents' | 'deliveries' | 'knowledge' | 'documents' | 'caches' | 'sessions' | 'imports' | 'backups' | 'database'

export type LiveState = 'connecting' | 'live' | 'stale' | 'paused'

const BACK_OFF_FIRST = 500
const BACK_OFF_MAX = 30_000
/** The server says something every 15 s. */
const SILENCE_MAX = 40_000
/** While changes keep coming, what is on the screen is read again so often; at once after it was quiet, for so many times. */
const REFRESH_EVERY = 500
const REFRESH_AT_ONCE = 8

/**
 * Follows the server's stream of changes and has what is on the screen read again: at once when it was quiet, then at most twice a
 * second. Nothing is read while the page is hidden or paused, or somebody decides in a dialog. When the stream is lost everything is stale, and said to be.
 */
export class Live {
  state: LiveState = 'connecting'
  /** When the stream was last known to be there; epoch milliseconds. */
  since = Date.now()
  private readonly listeners = new Set<() => void>()
  private readonly changed = new Set<string>()
  private controller: AbortController | undefined
  private readonly pause = pace(REFRESH_EVERY, REFRESH_AT_ONCE)
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private paused = false

  constructor(private readonly queries: QueryClient) {
    document.addEventListener('visibilitychange', () => this.resume())
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  snapshot = () => this.state

  start() {
    this.resume()
  }

  /** Nothing on the screen changes by itself until it is resumed. */
  togglePause() {
    this.paused = !this.paused
    this.failures = 0
    if (this.paused) {
      this.controller?.abort()
      clearTimeout(this.timer)
      this.tell('paused')
    } else {
      this.resume()
    }
  }

  private resume() {
    if (document.hidden) {
      this.controller?.abort()
      this.controller = undefined
      return
    }
    if (this.paused || (this.controller && !this.controller.signal.aborted)) return
    void this.follow()
  }

  private async follow() {
    const controller = (this.controller = new AbortController())
    this.tell(this.failures ? 'stale' : 'connecting')
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => controller.abort(), SILENCE_MAX)
    }
    try {
      heard()
      const answer = await request('/api/live', { headers: { Accept: 'text/event-stream' }, signal: controller.signal })
      this.failures = 0
      this.tell('live')
      // What happened while nobody listened is on no stream.
      whenLetGo(this.readAll)
      for await (const data of events(answer, heard)) {
        this.since = Date.now()
        this.note((JSON.parse(data) as { topics: string[] }).topics)
      }
    } catch {
      // It is gone; the state says so, and it is tried again.
    } finally {
      clearTimeout(silence)
    }
    if (this.controller !== controller || this.paused || document.hidden) return
    this.controller = undefined
    this.failures++
    this.tell('stale')
    setTimeout(() => this.resume(), Math.min(BACK_OFF_FIRST * 2 ** this.failures, BACK_OFF_MAX) * (0.75 + Math.random() / 2))
  }

  private note(topics: string[]) {
    topics.forEach((topic) => this.changed.add(topic))
    if (this.timer !== undefined) return
    this.timer = setTimeout(() => whenLetGo(this.readChanged), this.pause(Date.now()))
  }

  private readAll = () => void this.queries.invalidateQueries()

  private readChanged = () => {
    this.timer = undefined
    const now = new Set(this.changed)
    this.changed.clear()
    void this.queries.invalidateQueries({ predicate: (query) => concerns(query.queryKey, now), refetchType: 'active' }, { cancelRefetch: false })
  }

  private tell(state: LiveState) {
    if (state === 'live') this.since = Date.now()
    if (this.state === state) return
    this.state = state
    this.listeners.forEach((listener) => listener())
  }
}

/**
 * How long to wait before the next time, in milliseconds: so that over a while no more come than one in every so many, and up to
 * a number of them at once after a rest. (The generic cell rate algorithm: one instant is all its state.)
 */
export function pace(every: number, atOnce: number): (now: number) => number {
  let due = 0
  return (now) => {
    const at = Math.max(now, due - (atOnce - 1) * every)
    due = Math.max(due, at) + every
    return at - now
  }
}

/** A query's key begins with its topics: `[['tasks', 'queues'], …]` or `['tasks', …]`. */
export function concerns(key: QueryKey, topics: ReadonlySet<string>): boolean {
  const first = key[0]
  return Array.isArray(first) ? first.some((topic) => topics.has(String(topic))) : topics.has(String(first))
}

/** The data of server-sent events, in order. Other fields than data are not needed here. */
export async function* events(answer: Response, heard: () => void = () => {}): AsyncGenerator<string> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      heard()
      rest += value
      const blocks = rest.split(/\r?\n\r?\n/)
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = block.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart())
        if (data.length) yield data.join('\n')
      }
    }
  } finally {
    reader.releaseLock()
  }
}

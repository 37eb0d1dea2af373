import { Text } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { exact, relative } from './format'
import { usePreferences } from './preferences'

let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all times on the page; it ticks once a second while somebody looks. */
export function useNow(): number {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    timer ??= setInterval(() => {
      if (document.hidden) return
      now = Date.now()
      listeners.forEach((each) => each())
    }, 1000)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) {
        clearInterval(timer)
        timer = undefined
      }
    }
  }, () => now)
}

/** A moment: "3 min ago", and exactly on hover; or the other way round, as people prefer. */
export function Time({ at, none = '–' }: { at: string | number | null | undefined; none?: string }) {
  const { zone, times } = usePreferences()
  const [mounted, setMounted] = useState(() => Date.now())
  const ticked = useNow()
  useEffect(() => setMounted(Date.now()), [at])
  if (at == null) return <Text span c="dimmed" inherit>{none}</Text>
  const date = new Date(at)
  const near = relative(date, Math.max(ticked, mounted))
  const full = exact(date, zone)
  return (
    // The browser's own hint: a table has hundreds of these.
    <time dateTime={date.toISOString()} title={times === 'relative' ? full : near} style={{ whiteSpace: 'nowrap' }}>{times === 'relative' ? near : full}</time>
  )
}

import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { QueryState } from '../../components/QueryState'
import { exact } from '../../components/format'
import { usePreferences } from '../../components/preferences'
import { readLog, type LogLine } from './api'
import classes from './Timeline.module.css'

const SHOWN_MAX = 5_000
const PAGE = 1_000

/** What the handler wrote; lines are added while it runs, and the end stays in sight unless somebody scrolled up. */
export function TaskLog({ id }: { id: string }) {
  const { zone } = usePreferences()
  const known = useRef<LogLine[]>([])
  useEffect(() => {
    known.current = []
  }, [id])
  const log = useQuery({
    queryKey: ['tasks', 'log', id],
    queryFn: async () => {
      for (;;) {
        const page = await readLog(id, Number(known.current.at(-1)?.id ?? 0))
        known.current = [...known.current, ...page.items].slice(-SHOWN_MAX)
        if (page.items.length < PAGE) return known.current
      }
    },
    structuralSharing: false,
  })
  const box = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight
  }, [log.data])
  return (
    <QueryState query={log} skeleton={2}>
      {(lines) => lines.length === 0 ? <Text size="sm" c="dimmed">The handler has written nothing.</Text> : (
        <>
          {lines.length >= SHOWN_MAX && <Text size="xs" c="dimmed" mb={4}>The last {SHOWN_MAX} lines; all of them: howdah tasks log {id}</Text>}
          <div ref={box} className={classes.log} role="log" aria-label="Log" tabIndex={0} onScroll={(event) => {
            const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
            follows.current = scrollHeight - scrollTop - clientHeight < 24
          }}>
            {lines.map((line) => <div key={line.id} className={classes.line}><Text span inherit c="dimmed" title={exact(new Date(line.at), zone)}>{time(line.at, zone)}</Text><Text span inherit c="dimmed" title={`Attempt ${line.attempt}`}>#{line.attempt}</Text><span>{line.text}</span></div>)}
          </div>
        </>
      )}
    </QueryState>
  )
}

function time(at: string, zone: 'local' | 'utc') {
  return new Date(at).toLocaleTimeString('en-GB', { hour12: false, timeZone: zone === 'utc' ? 'UTC' : undefined })
}

import { Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { count } from '../../components/format'
import { lineOf } from './events'
import type { TaskEvents } from './useTaskEvents'
import classes from './agents.module.css'

/** The events of a task as they come; whoever is at the end stays there. */
export function EventList({ events }: { events: TaskEvents }) {
  const list = useRef<HTMLUListElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (list.current && isAtEnd.current) list.current.scrollTop = list.current.scrollHeight
  }, [events.items])
  if (events.items.length === 0) return <Text size="sm" c="dimmed">{events.stream === 'ended' ? 'No events are kept.' : 'Waiting for the first event.'}</Text>
  return (
    <>
      {events.dropped > 0 && <Text size="xs" c="dimmed">{count(events.dropped)} earlier events are not shown.</Text>}
      <ul ref={list} className={classes.events} tabIndex={0} aria-label="Events" onScroll={(event) => {
        const box = event.currentTarget
        isAtEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 24
      }}>
        {events.items.map((item, i) => {
          const line = lineOf(item)
          return (
            <li key={line.sequence || `i${i}`}>
              <span className={classes.number}>{line.sequence || ''}</span>
              <span>{line.state ? <State state={line.state} /> : line.kind}</span>
              <span className={classes.said}>{line.text.length > 2000 ? `${line.text.slice(0, 2000)}…` : line.text}</span>
              <Text span size="xs" c="dimmed">{line.at && <Time at={line.at} />}</Text>
            </li>
          )
        })}
      </ul>
    </>
  )
}

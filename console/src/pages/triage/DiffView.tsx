import { Button } from '@mantine/core'
import { useState } from 'react'
import classes from './DiffView.module.css'

const LINES_MAX = 400

/** A diff with what was added and taken away marked by sign and colour. */
export function DiffView({ diff, label }: { diff: string; label: string }) {
  const lines = diff.split('\n')
  const [whole, setWhole] = useState(false)
  const shown = whole ? lines : lines.slice(0, LINES_MAX)
  return (
    <>
      <pre className={classes.diff} tabIndex={0} role="region" aria-label={label}>
        {shown.map((line, i) => <span key={i} data-kind={line.startsWith('+') ? 'added' : line.startsWith('-') ? 'gone' : line.startsWith('@@') ? 'place' : undefined}>{line || ' '}{'\n'}</span>)}
      </pre>
      {shown.length < lines.length && <Button size="compact-xs" variant="default" mt={4} onClick={() => setWhole(true)}>Show all {lines.length} lines</Button>}
    </>
  )
}

import { Box, Button, Group, ScrollArea } from '@mantine/core'
import { memo, useMemo, useState } from 'react'
import { stringify } from '../api/json'
import { CopyButton } from './CopyButton'
import classes from './JsonView.module.css'

const SHOWN_MAX = 20_000
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** A JSON value with its colours, exactly as it is stored; long ones are cut until asked for. */
export const JsonView = memo(function JsonView({ value, label = 'JSON', maxHeight = 420 }: { value: unknown; label?: string; maxHeight?: number }) {
  const text = useMemo(() => stringify(value), [value])
  const [whole, setWhole] = useState(false)
  const shown = whole ? text : text.slice(0, SHOWN_MAX)
  const parts = useMemo(() => colour(shown), [shown])
  return (
    <Box className={classes.box}>
      <Box className={classes.copy}><CopyButton text={text} label={`Copy ${label}`} /></Box>
      <ScrollArea.Autosize mah={maxHeight} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `${label}: text` }}>
        <pre className={classes.text}>{parts}</pre>
      </ScrollArea.Autosize>
      {shown.length < text.length && (
        <Group p="xs"><Button size="compact-xs" variant="default" onClick={() => setWhole(true)}>Show all {text.length.toLocaleString('en')} characters</Button></Group>
      )}
    </Box>
  )
})

function colour(text: string) {
  const parts: React.ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(at, match.index))
    const kind = match[2] ? classes.key : match[1] ? classes.string : match[3] ? classes.word : classes.number
    parts.push(<span key={match.index} className={kind}>{match[1] ?? match[0]}</span>, match[2] ?? '')
    at = match.index + match[0].length
  }
  parts.push(text.slice(at))
  return parts
}

import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import type { Action } from './api'

const LINES_MAX = 6

/** The title and text of an action, as they are sent. */
export function ActionText({ action }: { action: Action }) {
  const [isWhole, setWhole] = useState(false)
  const isLong = action.body.length > 400 || action.body.split('\n').length > LINES_MAX
  return (
    <>
      <Text size="sm" fw={600} mt="xs" style={{ overflowWrap: 'anywhere' }}>{action.title}</Text>
      {action.error && <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>{action.error}</Text>}
      <Text size="sm" mt={4} lineClamp={isWhole ? undefined : LINES_MAX} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{action.body}</Text>
      {isLong && <Button variant="default" size="compact-xs" mt={4} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>{isWhole ? 'Show less' : 'Show the whole text'}</Button>}
    </>
  )
}

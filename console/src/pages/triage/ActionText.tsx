import { Spoiler, Text } from '@mantine/core'
import type { Action } from './api'

/** The title and text of an action, as they are sent. */
export function ActionText({ action }: { action: Action }) {
  return (
    <>
      <Text size="sm" fw={600} mt="xs" style={{ overflowWrap: 'anywhere' }}>{action.title}</Text>
      {action.error && <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>{action.error}</Text>}
      <Spoiler attributes={{ content: { role: 'group' } }} styles={{ control: { fontSize: 13 } }} maxHeight={120} showLabel="Show the whole text" hideLabel="Show less" mt={4}><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{action.body}</Text></Spoiler>
    </>
  )
}

import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { KINDS, STATES } from './actions'
import type { Action } from './api'
import { ActionText } from './ActionText'

/** Actions one below the other, with their texts. */
export function ActionList({ actions }: { actions: readonly Action[] }) {
  return (
    <Stack gap="xs">
      {actions.map((action) => (
        <Paper key={action.id} withBorder p="md" radius="md">
          <Group justify="space-between" gap="xs"><Group gap="sm"><State state={action.state} tone={STATES[action.state]?.tone} title={STATES[action.state]?.means} /><Text size="sm" fw={600}>{KINDS[action.kind] ?? action.kind}</Text></Group><Text size="xs" c="dimmed"><Time at={action.sent_at ?? action.created_at} /></Text></Group>
          <Text size="xs" c="dimmed" mt={4}>{STATES[action.state]?.means}</Text>
          <ActionText action={action} />
          {action.labels.length > 0 && <Group gap={4} mt="xs">{action.labels.map((label) => <Badge tt="none" fw={600} key={label} size="xs" variant="default">{label}</Badge>)}</Group>}
        </Paper>
      ))}
    </Stack>
  )
}

import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react'
import { ApiError } from '../api/client'

/** What went wrong, and the server's own words on what to do about it. */
export function Problem({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: string }) {
  const known = error instanceof ApiError ? error : undefined
  const text = error instanceof Error ? error.message : String(error)
  return (
    <Alert
      color={known?.isUnreachable ? 'yellow' : 'red'}
      icon={known?.isUnreachable ? <IconPlugConnectedX size={18} /> : <IconAlertTriangle size={18} />}
      title={title ?? sentence(text)}
      role="alert"
      data-testid="problem"
    >
      <Stack gap={6}>
        {title && <Text size="sm">{sentence(text)}</Text>}
        {known && known.errors.some((each) => each.detail && !text.includes(each.detail)) && (
          <List size="sm">{known.errors.map((each, i) => <List.Item key={i}><Code>{each.pointer}</Code> {each.detail}</List.Item>)}</List>
        )}
        {known?.remedy && <Text size="sm"><Text span fw={600} inherit>What to do: </Text>{known.remedy}</Text>}
        {onRetry && <Group><Button size="compact-sm" variant="default" onClick={onRetry}>Try again</Button></Group>}
      </Stack>
    </Alert>
  )
}

function sentence(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

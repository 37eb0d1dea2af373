import { Box, Center, Code, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconMoodEmpty } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from './Problem'

/**
 * What a query has: a skeleton at first, what it answered, or why it could not. What was read before stays on the screen under the
 * problem, so that nothing is lost when a connection is.
 */
export function QueryState<T>({ query, children, skeleton = 5 }: { query: UseQueryResult<T>; children: (data: T) => ReactNode; skeleton?: number | ReactNode }) {
  if (query.data === undefined) {
    if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />
    return typeof skeleton === 'number' ? <Loading lines={skeleton} /> : <>{skeleton}</>
  }
  return (
    <>
      {query.isError && <Box mb="sm"><Problem error={query.error} onRetry={() => void query.refetch()} /></Box>}
      {children(query.data)}
    </>
  )
}

export function Loading({ lines = 5 }: { lines?: number }) {
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: lines }, (_, i) => <Skeleton key={i} height={i === 0 ? 36 : 28} radius="sm" />)}
    </Stack>
  )
}

/** Nothing is there yet; says what would fill it. */
export function Empty({ title, command, children, icon }: { title: string; command?: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <Center py={48} data-testid="empty">
      <Stack align="center" gap="xs" maw={560} ta="center">
        <ThemeIcon variant="light" color="gray" size={44} radius="xl">{icon ?? <IconMoodEmpty size={24} />}</ThemeIcon>
        <Text fw={600}>{title}</Text>
        {children && <Text size="sm" c="dimmed" component="div">{children}</Text>}
        {command && <Code style={{ overflowWrap: 'anywhere' }}>{command}</Code>}
      </Stack>
    </Center>
  )
}

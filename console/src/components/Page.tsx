import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** One page: where it belongs, its name, what can be done there, the views of its area, its content. */
export function Page({ title, about, actions, before, tabs, children }: { title: ReactNode; about?: ReactNode; actions?: ReactNode; before?: ReactNode; tabs?: ReactNode; children: ReactNode }) {
  useDocumentTitle(typeof title === 'string' ? `${title} · Howdah` : 'Howdah')
  return (
    <Stack gap="md">
      {before}
      <Group justify="space-between" align="flex-start" wrap="wrap" gap="sm">
        <Box style={{ minWidth: 0, flex: '1 1 240px' }}>
          <Title order={1} size="h3" style={{ overflowWrap: 'anywhere' }}>{title}</Title>
          {about && <Text c="dimmed" size="sm" component="div">{about}</Text>}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {tabs}
      {children}
    </Stack>
  )
}

/** A part of a page with a heading. */
export function Section({ title, actions, children, about }: { title: string; actions?: ReactNode; about?: ReactNode; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Box><Title order={2} size="h5">{title}</Title>{about && <Text size="xs" c="dimmed" component="div">{about}</Text>}</Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}

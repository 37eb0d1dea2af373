import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** One number that matters, with its name and what it means. */
export function Tile({ label, value, about, tone }: { label: string; value: ReactNode; about?: ReactNode; tone?: 'good' | 'warn' | 'bad' }) {
  const colour = tone && { good: 'light-dark(#135c36, #7fdca6)', warn: 'light-dark(#7a4b00, #f2c462)', bad: 'light-dark(#a31d1d, #ff9d9d)' }[tone]
  return (
    <Paper withBorder p="sm" radius="md" style={{ minWidth: 0 }}>
      <Text size="xs" c="dimmed" fw={600}>{label}</Text>
      <Text size="xl" fw={650} style={{ color: colour, fontVariantNumeric: 'tabular-nums', lineHeight: 1.25 }} component="div">{value}</Text>
      {about && <Text size="xs" c="dimmed" component="div">{about}</Text>}
    </Paper>
  )
}

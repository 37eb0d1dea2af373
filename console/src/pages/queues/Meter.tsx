import { Group, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { short } from '../../components/format'

// Gauge stands in a file with the charts' library, which this page is not to wait for.
const Gauge = lazy(async () => ({ default: (await import('../../components/Chart')).Gauge }))

/** How much of a limit is used; without a limit, how much is used. */
export function Meter({ label, value, max }: { label: string; value: number; max: number | null }) {
  const plain = <Group justify="space-between" gap="xs"><Text size="xs" c="dimmed">{label}</Text><Text size="xs" style={{ fontVariantNumeric: 'tabular-nums' }}>{short(value)}{max === null ? ', no limit' : ` of ${short(max)}`}</Text></Group>
  return max === null ? plain : <Suspense fallback={plain}><Gauge label={label} value={value} max={max} /></Suspense>
}

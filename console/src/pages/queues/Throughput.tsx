import { Box, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { count } from '../../components/format'
import { getMinutes } from './api'
import { perMinute } from './minutes'

const Sparkline = lazy(async () => ({ default: (await import('../../components/Chart')).Sparkline }))
const MINUTES = 30

/** What finished in a queue in the last half hour, minute by minute. Its key is no topic: once a minute is what it shows. */
export function Throughput({ queue }: { queue: string }) {
  const minutes = useQuery({ queryKey: ['queue-minutes', queue], queryFn: () => getMinutes(MINUTES, queue), refetchInterval: 60_000 })
  if (!minutes.data) return null
  const { values } = perMinute(minutes.data.items, MINUTES, (each) => each.finished, 0)
  const total = values.reduce<number>((sum, each) => sum + (each ?? 0), 0)
  const failed = minutes.data.items.reduce((sum, each) => sum + each.failed, 0)
  return (
    <Box ta="right">
      <Suspense fallback={<Box h={24} />}><Sparkline values={values} label={`Finished by minute: ${count(total)} in ${MINUTES} minutes`} /></Suspense>
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{count(total)} in {MINUTES} min{failed ? `, ${count(failed)} failed` : ''}</Text>
    </Box>
  )
}

import { Paper, SimpleGrid, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Chart } from '../../components/Chart'
import { duration } from '../../components/format'
import { Section } from '../../components/Page'
import type { Minute } from '../queues/api'
import { inSteps, perMinute } from '../queues/minutes'

const total = (values: number[]) => values.reduce((sum, each) => sum + each, 0)
const highest = (values: number[]) => Math.max(...values)
const mean = (values: number[]) => total(values) / values.length

/** Throughput, failures and latency over time. */
export function Flow({ items, minutes, step }: { items: Minute[] | undefined; minutes: number; step: number }) {
  const series = useMemo(() => {
    const of = (value: (each: Minute) => number | null, none: number | null, join: (values: number[]) => number) => inSteps(perMinute(items ?? [], minutes, value, none), step, join)
    const finished = of((each) => each.finished, 0, total)
    return { at: finished.at, finished: finished.values, failed: of((each) => each.failed, 0, total).values, retried: of((each) => each.retried, 0, total).values, wait: of((each) => each.wait_ms, null, mean).values, run: of((each) => each.run_ms, null, mean).values, longest: of((each) => (each.finished ? each.run_max_ms : null), null, highest).values }
  }, [items, minutes, step])
  const throughput = useMemo(() => [{ label: 'finished', values: series.finished, bars: true }, { label: 'failed', values: series.failed, colour: ['#b91c1c', '#f87171'] as [string, string] }, { label: 'retried', values: series.retried, colour: ['#b45309', '#fbbf24'] as [string, string] }], [series])
  const latency = useMemo(() => [{ label: 'wait, mean', values: series.wait }, { label: 'run, mean', values: series.run }, { label: 'run, longest', values: series.longest }], [series])
  const every = step === 1 ? 'by minute' : `by ${step} minutes`
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
      <Section title="Throughput" about={`Tasks ${every}`}><Paper withBorder p="xs">{items?.length === 0 ? <Nothing /> : <Chart label={`Tasks ${every}`} at={series.at} series={throughput} height={170} />}</Paper></Section>
      <Section title="Latency" about={`Of those that finished, ${every}`}><Paper withBorder p="xs">{items?.length === 0 ? <Nothing /> : <Chart label={`Latency ${every}`} at={series.at} series={latency} format={duration} height={170} />}</Paper></Section>
    </SimpleGrid>
  )
}

function Nothing() {
  return <Text size="sm" c="dimmed" p="md" ta="center">Nothing ended in this time. Try it: howdah demo</Text>
}

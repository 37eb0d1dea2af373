import { SimpleGrid } from '@mantine/core'
import { Chart } from '../../components/Chart'
import { Section } from '../../components/Page'
import type { ModelUse } from './api'
import { timeline, type Range } from './usage'

/** Calls and cost over time; what draws charts is loaded with it. */
export default function UsageChart({ uses, range }: { uses: ModelUse[]; range: Range }) {
  const line = timeline(uses, range, Date.now())
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Section title="Calls over time"><Chart label="Calls of models over time" at={line.at} height={150} series={[{ label: 'calls', values: line.calls, bars: true }, { label: 'not answered', values: line.failed, bars: true, colour: ['#b91c1c', '#f87171'] }]} /></Section>
      <Section title="Cost over time"><Chart label="Cost of models over time" at={line.at} height={150} format={(value) => value.toLocaleString('en', { maximumSignificantDigits: 3 })} series={[{ label: 'cost', values: line.cost, bars: true, colour: ['#1d4ed8', '#7db0ff'] }]} /></Section>
    </SimpleGrid>
  )
}

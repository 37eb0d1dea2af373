import { SegmentedControl, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration, percent, short } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { Empty, Loading, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { AgentTabs } from './AgentTabs'
import { modelCallsQuery, modelUsageQuery, type ModelCall, type ModelUse } from './api'
import { money, RANGES, totals, type Range } from './usage'

const route = getRouteApi('/agents/models')
const UsageChart = lazy(() => import('./UsageChart'))

const OUTCOMES = { answered: 'good', invalid: 'warn', failed: 'bad', interrupted: 'off' } as const

const CALLS: Column<ModelCall>[] = [
  { key: 'outcome', header: 'Outcome', width: '112px', cell: (call) => <State state={call.outcome} tone={OUTCOMES[call.outcome as keyof typeof OUTCOMES]} /> },
  { key: 'model', header: 'Model', width: 'minmax(110px, 1.2fr)', cell: (call) => <Text span inherit title={`${call.provider} ${call.model}`}>{call.model}</Text> },
  { key: 'purpose', header: 'Purpose', width: 'minmax(80px, 0.8fr)', from: 480, cell: (call) => call.purpose },
  { key: 'error', header: 'Error', width: 'minmax(0, 1.6fr)', from: 860, cell: (call) => <Text span inherit title={call.error ?? undefined} c={call.error ? undefined : 'dimmed'}>{call.error ? `${call.error_code}: ${call.error}` : '–'}</Text> },
  { key: 'tokens', header: 'Tokens in / out', width: '120px', align: 'right', from: 620, cell: (call) => `${short(call.input_tokens)} / ${short(call.output_tokens)}` },
  { key: 'cost', header: 'Cost', width: '96px', align: 'right', from: 540, cell: (call) => (call.cost == null ? <Text span inherit c="dimmed" title="The price of this model is not known">–</Text> : money({ [call.currency ?? '']: Number(call.cost) })) },
  { key: 'took', header: 'Took', width: '72px', align: 'right', cell: (call) => duration(call.duration_ms) },
  { key: 'task', header: 'Task', width: '52px', from: 760, cell: (call) => (call.task_id ? <AnchorLink to="/agents/models" search={{ task_id: call.task_id }}>task</AnchorLink> : '–') },
  { key: 'at', header: 'When', width: '84px', align: 'right', cell: (call) => <Time at={call.called_at} /> },
]

const USES: Column<ModelUse>[] = [
  { key: 'key', header: 'Name', width: 'minmax(100px, 1.5fr)', cell: (use) => <Text span inherit title={use.key}>{use.key}</Text> },
  { key: 'calls', header: 'Calls', width: '64px', align: 'right', cell: (use) => short(use.calls) },
  { key: 'failed', header: 'Not answered', width: '92px', align: 'right', from: 420, cell: (use) => <Text span inherit fw={use.failed ? 650 : undefined}>{use.calls ? percent(use.failed / use.calls) : '–'}</Text> },
  { key: 'tokens', header: 'Tokens', width: '72px', align: 'right', from: 360, cell: (use) => short(use.input_tokens + use.output_tokens) },
  { key: 'took', header: 'Average', width: '72px', align: 'right', from: 480, cell: (use) => duration(use.average_ms) },
  { key: 'cost', header: 'Cost', width: '110px', align: 'right', cell: (use) => money(use.costs) },
]

/** What language models were asked, and what it cost. */
export function ModelsPage() {
  const { range = '7d', ...filter } = route.useSearch()
  const navigate = route.useNavigate()
  const { days, by } = RANGES[range]
  const time = useQuery(modelUsageQuery(by, days))
  const models = useQuery(modelUsageQuery('model', days))
  const purposes = useQuery(modelUsageQuery('purpose', days))
  const calls = useInfiniteQuery(modelCallsQuery(filter, days))
  const set = (change: Partial<typeof filter & { range: Range }>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const isFiltered = Object.values(filter).some(Boolean)
  return (
    <Page title="Agents" about="Calls of language models. Neither prompts nor answers are kept."
      actions={<SegmentedControl size="xs" aria-label="Range of time" data={Object.entries(RANGES).map(([value, each]) => ({ value, label: each.label }))} value={range} onChange={(next) => set({ range: next as Range })} />}>
      <AgentTabs />
      <QueryState query={time} skeleton={3}>
        {(uses) => (uses.length === 0 && !isFiltered
          ? <Empty title="No model was asked in this time" command="HOWDAH_AGENT_MODEL_PROVIDER=ollama ./howdah up">Without a model, built-in rules decide. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or the provider above.</Empty>
          : <Overview uses={uses} range={range} />)}
      </QueryState>
      {(models.data?.length ?? 0) > 0 && (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Section title="By model"><DataTable label="Use by model" columns={USES} rows={models.data ?? []} rowKey={(use) => use.key} maxHeight="260px" rowHeight={34} /></Section>
          <Section title="By purpose"><QueryState query={purposes} skeleton={2}>{(data) => <DataTable label="Use by purpose" columns={USES} rows={data} rowKey={(use) => use.key} maxHeight="260px" rowHeight={34} />}</QueryState></Section>
        </SimpleGrid>
      )}
      {((time.data?.length ?? 0) > 0 || isFiltered) && (
        <Section title="Calls" actions={(
          <>
            <Select aria-label="Model" placeholder="Any model" clearable searchable size="xs" w={190} data={[...new Set([...(models.data ?? []).map((use) => modelOf(use.key)), ...(filter.model ? [filter.model] : [])])]} value={filter.model ?? null} onChange={(model) => set({ model: model ?? undefined })} />
            <Select aria-label="Purpose" placeholder="Any purpose" clearable size="xs" w={140} data={[...new Set([...(purposes.data ?? []).map((use) => use.key), ...(filter.purpose ? [filter.purpose] : [])])]} value={filter.purpose ?? null} onChange={(purpose) => set({ purpose: purpose ?? undefined })} />
            <Select aria-label="Outcome" placeholder="Any outcome" clearable size="xs" w={140} data={Object.keys(OUTCOMES)} value={filter.outcome ?? null} onChange={(outcome) => set({ outcome: outcome ?? undefined })} />
          </>
        )}>
          {filter.task_id && <Text size="sm">Only those of task <Text span inherit ff="monospace">{filter.task_id}</Text>. <AnchorLink to="/agents/models" search={{ ...filter, range, task_id: undefined }}>Show all</AnchorLink></Text>}
          <QueryState query={calls} skeleton={4}>
            {(data) => <DataTable label="Calls of models" columns={CALLS} rows={data.pages.flatMap((page) => page.items)} rowKey={(call) => call.id} onMore={() => calls.hasNextPage && void calls.fetchNextPage()} isLoadingMore={calls.isFetchingNextPage} empty={<Empty title="No call is like that">Take a filter away, or look at a longer time.</Empty>} />}
          </QueryState>
        </Section>
      )}
    </Page>
  )
}

/** Keys of models begin with the provider, as in ollama:llama3.1:8b. */
function modelOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}

function Overview({ uses, range }: { uses: ModelUse[]; range: Range }) {
  const sum = totals(uses)
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
        <Tile label="Calls" value={short(sum.calls)} about={`in ${RANGES[range].label}`} />
        <Tile label="Not answered" value={count(sum.failed)} tone={sum.failed ? 'bad' : undefined} about={sum.calls ? percent(sum.failed / sum.calls, 1) : undefined} />
        <Tile label="Tokens" value={short(sum.inputTokens + sum.outputTokens)} about={`${short(sum.inputTokens)} read, ${short(sum.outputTokens)} written`} />
        <Tile label="Cost" value={money(sum.costs)} about={sum.unpriced ? `and ${count(sum.unpriced)} calls whose price is not known` : 'all calls have a price'} tone={sum.unpriced ? 'warn' : undefined} />
      </SimpleGrid>
      <Suspense fallback={<Loading lines={4} />}><UsageChart uses={uses} range={range} /></Suspense>
    </Stack>
  )
}

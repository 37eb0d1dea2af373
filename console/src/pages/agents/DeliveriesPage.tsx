import { Group, Select, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AgentTabs } from './AgentTabs'
import { endpointsQuery, type Endpoint } from './api'
import { DeliveryTable } from './DeliveryTable'
import { useOwners } from './useOwners'

const route = getRouteApi('/agents/deliveries')

const ENDPOINT_STATES = { closed: ['takes posts', 'good'], open: ['left alone', 'bad'], 'half-open': ['tried again', 'warn'] } as const

const ENDPOINTS: Column<Endpoint>[] = [
  { key: 'state', header: 'State', width: '112px', cell: (each) => <EndpointState endpoint={each} /> },
  { key: 'endpoint', header: 'Place', width: 'minmax(120px, 1.4fr)', cell: (each) => <Text span inherit title={each.endpoint}>{each.endpoint}</Text> },
  { key: 'error', header: 'Last error', width: 'minmax(0, 2fr)', from: 760, cell: (each) => <Text span inherit title={each.last_error ?? undefined} c={each.last_error ? undefined : 'dimmed'}>{each.last_error ?? '–'}</Text> },
  { key: 'failures', header: 'Failed in a row', width: '116px', align: 'right', from: 620, cell: (each) => count(each.failures) },
  { key: 'pending', header: 'Pending', width: '62px', align: 'right', from: 420, cell: (each) => count(each.pending) },
  { key: 'dead', header: 'Dead', width: '48px', align: 'right', cell: (each) => <Text span inherit fw={each.dead ? 650 : undefined}>{count(each.dead)}</Text> },
  { key: 'probe', header: 'Tried again', width: '84px', align: 'right', from: 900, cell: (each) => <Time at={each.next_probe} /> },
  { key: 'success', header: 'Last success', width: '96px', align: 'right', from: 520, cell: (each) => <Time at={each.last_success} none="never" /> },
]

export function DeliveriesPage() {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const endpoints = useInfiniteQuery(endpointsQuery(filter.owner))
  const owners = useOwners(filter.owner)
  const set = (change: Partial<typeof filter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Page title="Agents" about="Events that are posted to places which clients named, each at least once and in order.">
      <AgentTabs />
      <Group gap="xs">
        <Select aria-label="Caller" placeholder="Any caller" clearable size="xs" w={180} data={owners} value={filter.owner ?? null} onChange={(owner) => set({ owner: owner ?? undefined })} />
        <Select aria-label="State of deliveries" placeholder="Any state" clearable size="xs" w={150} data={['pending', 'delivered', 'dead', 'discarded']} value={filter.state ?? null} onChange={(state) => set({ state: state ?? undefined })} />
      </Group>
      <Section title="Places" about="A place that fails again and again is left alone for a while, then tried with one delivery.">
        <QueryState query={endpoints} skeleton={3}>
          {(data) => (
            <DataTable label="Places" columns={ENDPOINTS} rows={data.pages.flatMap((page) => page.items)} rowKey={(each) => each.endpoint} maxHeight="280px" onMore={() => endpoints.hasNextPage && void endpoints.fetchNextPage()} isLoadingMore={endpoints.isFetchingNextPage}
              empty={<Text p="md" size="sm" c="dimmed">No client has named a place.</Text>} />
          )}
        </QueryState>
      </Section>
      <Section title="Deliveries" about="Newest first. A dead one was tried often enough; it can be sent again or given up."><DeliveryTable filter={filter} /></Section>
    </Page>
  )
}

function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const [label, tone] = ENDPOINT_STATES[endpoint.state as keyof typeof ENDPOINT_STATES] ?? [endpoint.state, 'idle']
  return <State state={label} tone={tone} />
}

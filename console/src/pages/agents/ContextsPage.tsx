import { Group, Select, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AgentTabs } from './AgentTabs'
import { contextsQuery, type Conversation } from './api'
import { useOwners } from './useOwners'

const route = getRouteApi('/agents/contexts')

const COLUMNS: Column<Conversation>[] = [
  { key: 'id', header: 'Context', width: 'minmax(120px, 2fr)', cell: (context) => <AnchorLink to="/agents/tasks" search={{ context: context.id, owner: context.owner }}><Text span inherit ff="monospace" size="xs" title={context.id}>{context.id}</Text></AnchorLink> },
  { key: 'owner', header: 'Caller', width: 'minmax(80px, 1fr)', from: 480, cell: (context) => context.owner },
  { key: 'open', header: 'Open', width: '96px', cell: (context) => (context.open ? <State state="open" tone="busy" title={`${context.open} tasks have not ended`} /> : <State state="ended" tone="off" />) },
  { key: 'tasks', header: 'Tasks', width: '60px', align: 'right', cell: (context) => count(context.tasks) },
  { key: 'last', header: 'Last change', width: '100px', align: 'right', from: 560, cell: (context) => <Time at={context.last_at} /> },
  { key: 'at', header: 'Begun', width: '92px', align: 'right', from: 420, cell: (context) => <Time at={context.created_at} /> },
]

export function ContextsPage() {
  const { owner } = route.useSearch()
  const navigate = route.useNavigate()
  const contexts = useInfiniteQuery(contextsQuery(owner))
  const owners = useOwners(owner)
  return (
    <Page title="Agents" about="Conversations: the tasks that a caller began in one context, newest first.">
      <AgentTabs />
      <Group gap="xs"><Select aria-label="Caller" placeholder="Any caller" clearable size="xs" w={180} data={owners} value={owner ?? null} onChange={(next) => void navigate({ search: { owner: next ?? undefined }, replace: true })} /></Group>
      <QueryState query={contexts} skeleton={8}>
        {(data) => (
          <DataTable label="Contexts" columns={COLUMNS} rows={data.pages.flatMap((page) => page.items)} rowKey={(context) => `${context.owner} ${context.id}`} onOpen={(context) => void navigate({ to: '/agents/tasks', search: { context: context.id, owner: context.owner } })}
            onMore={() => contexts.hasNextPage && void contexts.fetchNextPage()} isLoadingMore={contexts.isFetchingNextPage}
            empty={<Empty title="No conversation yet" command={'howdah skills start search_patterns \'{"query": "retries"}\' --wait'}>A context begins with the first message of a client.</Empty>} />
        )}
      </QueryState>
    </Page>
  )
}

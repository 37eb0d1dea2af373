import { Drawer, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { ActionList } from './ActionList'
import { STATES } from './actions'
import { actionsQuery, type Action } from './api'
import { RepositoryLink } from './RepositoryLink'
import { TriageTabs } from './TriageTabs'

const route = getRouteApi('/triage/actions')

const COLUMNS: Column<Action>[] = [
  { key: 'state', header: 'State', width: '104px', cell: (action) => <State state={action.state} tone={STATES[action.state]?.tone} title={STATES[action.state]?.means} /> },
  { key: 'kind', header: 'Kind', width: '80px', from: 480, cell: (action) => action.kind },
  { key: 'urgency', header: 'Urgency', width: '92px', from: 560, cell: (action) => <State state={action.urgency} /> },
  { key: 'repo', header: 'For', width: 'minmax(100px, 0.8fr)', cell: (action) => <RepositoryLink name={action.target_repo} /> },
  { key: 'title', header: 'Title', width: 'minmax(0, 2fr)', from: 620, cell: (action) => <AnchorLink to="/triage/actions" search={{ action: action.id }} title={action.title}>{action.title}</AnchorLink> },
  { key: 'at', header: 'When', width: '86px', align: 'right', cell: (action) => <Time at={action.sent_at ?? action.created_at} /> },
]

export function ActionsPage() {
  const { action: open } = route.useSearch()
  const navigate = route.useNavigate()
  const actions = useInfiniteQuery(actionsQuery)
  const close = () => void navigate({ search: {} })
  return (
    <Page title="Triage" about="What decisions ask to be done outside, each sent at most once. Nothing is sent unless issues or a webhook are configured.">
      <TriageTabs />
      <QueryState query={actions} skeleton={8}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items)
          const shown = rows.find((each) => each.id === open)
          return (
            <>
              <DataTable label="Actions" columns={COLUMNS} rows={rows} rowKey={(action) => action.id} current={open} onOpen={(action) => void navigate({ search: { action: action.id } })} onMore={() => actions.hasNextPage && void actions.fetchNextPage()} isLoadingMore={actions.isFetchingNextPage}
                empty={<Empty title="Nothing was to be done yet" command="howdah notify --repo . --commit HEAD --name owner/name">Decisions that need something done stand here.</Empty>} />
              <Drawer opened={!!open} onClose={close} position="right" size="lg" title={shown ? `For ${shown.target_repo}` : 'Action'} closeButtonProps={{ 'aria-label': 'Close' }}>
                {shown
                  ? <Stack gap="sm"><ActionList actions={[shown]} />{shown.task_id && <Text size="sm"><AnchorLink to="/triage/decisions/$id" params={{ id: shown.task_id }}>The decision that asked for it</AnchorLink></Text>}</Stack>
                  : <Text size="sm">It is not among the newest actions that were read; scroll down the list for older ones.</Text>}
              </Drawer>
            </>
          )
        }}
      </QueryState>
    </Page>
  )
}

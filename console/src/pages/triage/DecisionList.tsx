import { Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { decisionsQuery, type Decision } from './api'
import { firstLine, matching, summaryOf, type DecisionFilter } from './decisions'

const COLUMNS: Column<Decision>[] = [
  { key: 'urgency', header: 'Urgency', width: '100px', cell: (each) => (each.result ? <State state={each.result.urgency} /> : <State state={each.state} />) },
  { key: 'target', header: 'For', width: 'minmax(120px, 1fr)', cell: (each) => <AnchorLink to="/triage/decisions/$id" params={{ id: each.id }} title={each.payload.target_repo}>{each.payload.target_repo}</AnchorLink> },
  { key: 'summary', header: 'What it means', width: 'minmax(0, 2.2fr)', from: 720, cell: (each) => <Text span inherit title={summaryOf(each)}>{summaryOf(each)}</Text> },
  { key: 'source', header: 'Change of', width: 'minmax(100px, 0.9fr)', from: 560, cell: (each) => <span title={each.payload.source_repo}>{each.payload.source_repo}</span> },
  { key: 'commit', header: 'Commit', width: 'minmax(70px, 0.9fr)', from: 900, cell: ({ payload: { change_event: event } }) => <span title={event.commit_message}><Text span size="xs" ff="monospace">{event.commit_sha.slice(0, 7)}</Text> <Text span inherit c="dimmed">{firstLine(event.commit_message)}</Text></span> },
  { key: 'does', header: 'To do', width: '52px', from: 640, cell: (each) => (each.result ? (each.result.requires_action ? <Text span inherit fw={650}>yes</Text> : 'no') : '–') },
  { key: 'at', header: 'When', width: '86px', align: 'right', from: 400, cell: (each) => <Time at={each.created_at} /> },
]

/** Decisions, those that match of what was read; older ones are read when asked for. */
export function DecisionList({ filter, maxHeight }: { filter: DecisionFilter; maxHeight?: string }) {
  const decisions = useInfiniteQuery(decisionsQuery)
  const navigate = useNavigate()
  const all = useMemo(() => decisions.data?.pages.flatMap((page) => page.items) ?? [], [decisions.data])
  const rows = useMemo(() => matching(all, filter), [all, filter.repo, filter.urgency, filter.state, filter.change])
  const isFiltered = Object.values(filter).some(Boolean)
  const more = decisions.hasNextPage && <Button variant="default" size="xs" loading={decisions.isFetchingNextPage} onClick={() => void decisions.fetchNextPage()}>Look further back than {all.length} decisions</Button>
  return (
    <QueryState query={decisions} skeleton={6}>
      {() => (
        <>
          <DataTable label="Decisions" columns={COLUMNS} rows={rows} rowKey={(each) => each.id} onOpen={(each) => void navigate({ to: '/triage/decisions/$id', params: { id: each.id } })} maxHeight={maxHeight}
            empty={isFiltered
              ? <Empty title={`None of the newest ${all.length} decisions is like that`}>{decisions.hasNextPage ? 'Older ones may be.' : 'Take a filter away to see more.'}</Empty>
              : <Empty title="Nothing was decided yet" command="howdah notify --repo . --commit HEAD --name owner/name"><AnchorLink to="/triage/notify">Notify of a change</AnchorLink>: it is triaged for every repository that depends on the changed one.</Empty>} />
          {more && <div>{more}</div>}
        </>
      )}
    </QueryState>
  )
}

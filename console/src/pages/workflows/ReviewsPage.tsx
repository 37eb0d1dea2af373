import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { DataTable, type Column } from '../../components/DataTable'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { reviewsQuery, type Review } from './api'
import { ReviewActions } from './ReviewActions'
import { WorkflowTabs } from './WorkflowTabs'
import { AnchorLink } from '../../components/links'

const COLUMNS: Column<Review>[] = [
  { key: 'prompt', header: 'Question', width: 'minmax(120px, 3fr)', cell: (review) => <AnchorLink to="/workflows/executions/$id" params={{ id: review.execution_id }} search={{ node: review.node_id }} inherit fw={600} title={review.prompt}>{review.prompt}</AnchorLink> },
  { key: 'workflow', header: 'Workflow', from: 700, width: 'minmax(110px, 1fr)', cell: (review) => review.workflow_id },
  { key: 'since', header: 'Waits since', from: 560, width: '110px', cell: (review) => <Time at={review.since} /> },
  { key: 'due', header: 'Due', from: 640, width: '100px', cell: (review) => <Time at={review.due_at} none="any time" /> },
  { key: 'decide', header: 'Decide', width: '198px', cell: (review) => <ReviewActions execution={review.execution_id} node={review.node_id} prompt={review.prompt} /> },
]

export function ReviewsPage() {
  const reviews = useQuery(reviewsQuery)
  const navigate = useNavigate()
  return (
    <Page title="Reviews" about="Executions that wait for a person to decide, the oldest first.">
      <WorkflowTabs />
      <QueryState query={reviews}>
        {({ items, next }) => (
          <Stack gap="xs">
            <DataTable label="Reviews" columns={COLUMNS} rows={items} rowHeight={44} rowKey={(review) => `${review.execution_id}/${review.node_id}`} onOpen={(review) => void navigate({ to: '/workflows/executions/$id', params: { id: review.execution_id }, search: { node: review.node_id } })}
              empty={<Empty title="Nobody is waited for" command="./howdah execution reviews">A node of type human_review puts its question here.</Empty>} />
            {next && `These are the oldest ${items.length}; the next ones follow when they are decided.`}
          </Stack>
        )}
      </QueryState>
    </Page>
  )
}

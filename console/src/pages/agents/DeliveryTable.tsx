import { Group, Text } from '@mantine/core'
import { IconRefresh, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { deliveriesQuery, send, type Delivery, type DeliveryFilter } from './api'

const TONES = { pending: 'busy', delivered: 'good', dead: 'bad', discarded: 'off' } as const

const COLUMNS: Column<Delivery>[] = [
  { key: 'state', header: 'State', width: '104px', cell: (each) => <State state={each.state} tone={TONES[each.state as keyof typeof TONES]} /> },
  { key: 'endpoint', header: 'Posted to', width: 'minmax(110px, 1.4fr)', cell: (each) => <Text span inherit title={each.endpoint ?? undefined} c={each.endpoint ? undefined : 'dimmed'}>{each.endpoint ?? 'its place was deleted'}</Text> },
  { key: 'task', header: 'Of', width: '150px', from: 700, cell: (each) => <AnchorLink to="/agents/tasks/$id" params={{ id: each.agent_task_id }}>event {each.sequence} of a task</AnchorLink> },
  { key: 'error', header: 'Last error', width: 'minmax(0, 2fr)', from: 820, cell: (each) => <Text span inherit title={each.last_error ?? undefined} c={each.last_error ? undefined : 'dimmed'}>{each.last_error ?? '–'}</Text> },
  { key: 'attempts', header: 'Tries', width: '46px', align: 'right', from: 560, cell: (each) => each.attempts },
  { key: 'next', header: 'Next try', width: '84px', align: 'right', from: 640, cell: (each) => <Time at={each.next_attempt} /> },
  { key: 'at', header: 'Made', width: '86px', align: 'right', from: 480, cell: (each) => <Time at={each.created_at} /> },
  { key: 'actions', header: 'Actions', width: '72px', align: 'right', cell: (each) => <DeliveryActions delivery={each} /> },
]

/** Deliveries of one task, or of all. */
export function DeliveryTable({ filter, task }: { filter: DeliveryFilter; task?: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery(filter, task))
  return (
    <QueryState query={deliveries} skeleton={3}>
      {(data) => {
        const rows = data.pages.flatMap((page) => page.items)
        if (rows.length === 0 && task) return <Text size="sm" c="dimmed">Nobody asked to be told about this task.</Text>
        return (
          <DataTable label="Deliveries" columns={task ? COLUMNS.filter((column) => column.key !== 'task') : COLUMNS} rows={rows} rowKey={(each) => each.id} maxHeight={task ? '360px' : undefined}
            onMore={() => deliveries.hasNextPage && void deliveries.fetchNextPage()} isLoadingMore={deliveries.isFetchingNextPage}
            empty={filter.state || filter.owner
              ? <Empty title="No delivery is like that">Take a filter away to see more.</Empty>
              : <Empty title="Nothing was posted" command="curl …/a2a/rest/tasks/ID/pushNotificationConfigs -d '{&quot;url&quot;: …}'">A client names a place with its message or for a task, and every event is posted there.</Empty>} />
        )
      }}
    </QueryState>
  )
}

function DeliveryActions({ delivery }: { delivery: Delivery }) {
  const path = `/api/agent/tasks/${delivery.agent_task_id}/deliveries/${delivery.id}`
  const place = delivery.endpoint ?? 'a place that was deleted'
  return (
    <Group gap={2} justify="flex-end" wrap="nowrap">
      <Action label="Retry" compact icon={<IconRefresh size={16} />} blocked={delivery.state === 'dead' ? undefined : 'Only dead deliveries are sent again'}
        about={`Sends event ${delivery.sequence} to ${place} again, with a fresh set of attempts.`} undo="What the receiver gets cannot be called back; until then it can be discarded."
        run={() => send('POST', `${path}/retry`, {})} done={() => `It is sent to ${place} again`} />
      <Action label="Discard" compact isDangerous icon={<IconTrash size={16} />} blocked={['pending', 'dead'].includes(delivery.state) ? undefined : `It is ${delivery.state} already`}
        about={`Gives up posting event ${delivery.sequence} to ${place}. The receiver does not get this event; later ones are posted nevertheless.`} undo="It cannot be undone; the event itself stays with its task."
        run={() => send('POST', `${path}/discard`, {})} done={() => 'The delivery is given up'} />
    </Group>
  )
}

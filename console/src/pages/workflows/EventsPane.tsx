import { Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { DataTable, type Column } from '../../components/DataTable'
import { count, words } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { State, type Tone } from '../../components/State'
import { Time } from '../../components/Time'
import type { ExecutionEvent } from './api'
import { isFailure, matches } from './events'
import type { ExecutionEvents } from './useExecution'

export interface EventFilter {
  q?: string
  failed?: boolean
  only?: boolean
}

const COLUMNS: Column<ExecutionEvent>[] = [
  { key: 'sequence', header: '#', width: '44px', align: 'right', cell: (event) => event.sequence },
  { key: 'type', header: 'Event', width: 'minmax(120px, 1fr)', cell: (event) => <State state={event.type} tone={toneOfEvent(event)} /> },
  { key: 'node', header: 'Node', width: 'minmax(80px, 1fr)', cell: (event) => event.node_id ?? '' },
  { key: 'message', header: 'Message', from: 540, width: 'minmax(80px, 2fr)', cell: (event) => <span title={event.error ?? event.message ?? undefined}>{event.error ?? event.message ?? ''}</span> },
  { key: 'at', header: 'When', from: 420, width: '84px', cell: (event) => <Time at={event.timestamp} /> },
]

function toneOfEvent(event: ExecutionEvent): Tone {
  if (isFailure(event)) return 'bad'
  if (event.type.endsWith('_completed') || event.type.endsWith('_approved')) return 'good'
  if (event.type.endsWith('_started') || event.type.endsWith('_expanded')) return 'busy'
  return /_retry|_paused|waiting|awaited|requested/.test(event.type) ? 'warn' : 'off'
}

interface EventsPaneProps {
  log: ExecutionEvents
  filter: EventFilter
  onFilter: (change: EventFilter) => void
  selected?: string
  onSelect: (node: string) => void
}

/** What happened, newest first; older pages come when they are scrolled to. */
export function EventsPane({ log, filter, onFilter, selected, onSelect }: EventsPaneProps) {
  const [open, setOpen] = useState<ExecutionEvent>()
  const node = filter.only ? selected : undefined
  const shown = useMemo(() => (filter.q || filter.failed || node ? log.events.filter((event) => matches(event, filter, node)) : log.events), [log.events, filter.q, filter.failed, node])
  if (log.error && log.events.length === 0) return <Problem error={log.error} />
  if (log.isLoading) return <Loading lines={4} />
  const isFiltered = shown !== log.events
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <TextInput size="xs" aria-label="Search events" placeholder="Type, node or message" leftSection={<IconSearch size={14} />} value={filter.q ?? ''} onChange={(event) => onFilter({ q: event.currentTarget.value || undefined })} style={{ flex: '1 1 140px' }} />
        <Checkbox size="xs" label="Failed only" checked={filter.failed ?? false} onChange={(event) => onFilter({ failed: event.currentTarget.checked || undefined })} />
        <Checkbox size="xs" label={selected ? `Only ${selected}` : 'Only the chosen node'} disabled={!selected} checked={filter.only ?? false} onChange={(event) => onFilter({ only: event.currentTarget.checked || undefined })} />
      </Group>
      <DataTable label="Events" columns={COLUMNS} rows={shown} rowKey={(event) => String(event.sequence)} rowHeight={30} maxHeight="382px" current={open && String(open.sequence)} onMore={log.hasOlder ? log.loadOlder : undefined} isLoadingMore={log.isLoadingOlder}
        onOpen={(event) => {
          setOpen(event)
          if (event.node_id) onSelect(event.node_id.split('/')[0]!)
        }}
        empty={<Empty title={isFiltered ? 'No event matches' : 'Nothing has happened yet'}>{log.hasOlder && isFiltered && 'Older events have not been read; take the filter away and scroll down to read them.'}</Empty>} />
      {log.error ? <Problem error={log.error} /> : null}
      <Text size="xs" c="dimmed" role="status">{isFiltered ? `${count(shown.length)} of ` : ''}{count(log.events.length)} events{log.hasOlder ? ', older ones when you scroll' : ''}{log.stream === 'live' ? '; new ones arrive' : log.stream === 'stale' ? '; the stream is lost, and tried again' : ''}</Text>
      {open && (
        <Stack gap={4}>
          <Text size="sm" fw={600}>{open.sequence}: {words(open.type)}{open.node_id && ` of ${open.node_id}`}</Text>
          {(open.error ?? open.message) && <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{open.error ?? open.message}</Text>}
          {open.data && <JsonView value={open.data} label="Event" maxHeight={200} />}
        </Stack>
      )}
    </Stack>
  )
}

import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CopyButton } from '../../components/CopyButton'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { ROOT } from '../../api/client'
import { AgentTabs } from './AgentTabs'
import { mcpSessionsQuery, type McpSession } from './api'

const SESSIONS: Column<McpSession>[] = [
  { key: 'client', header: 'Client', width: 'minmax(120px, 1.5fr)', cell: (each) => <Text span inherit fw={600} title={`${each.client} ${each.client_version}`}>{each.client} <Text span inherit fw={400} c="dimmed">{each.client_version}</Text></Text> },
  { key: 'revision', header: 'Revision', width: '104px', from: 620, cell: (each) => each.revision },
  { key: 'caller', header: 'Caller', width: 'minmax(80px, 1fr)', from: 540, cell: (each) => each.caller ?? '–' },
  { key: 'hears', header: 'Hears of', width: 'minmax(110px, 1fr)', from: 760, cell: (each) => <span title={each.watched.join('\n') || undefined}>{each.watched.length ? `${count(each.watched.length)} resources` : each.listening ? 'lists of tools and prompts' : 'nothing'}</span> },
  { key: 'state', header: 'Stream', width: '104px', cell: (each) => <State state={each.listening ? 'open' : 'none'} tone={each.listening ? 'good' : 'off'} /> },
  { key: 'since', header: 'Since', width: '92px', from: 420, cell: (each) => <Time at={each.since} /> },
  { key: 'last', header: 'Last asked', width: '92px', cell: (each) => <Time at={each.last_request} /> },
]

/** Who is connected by the Model Context Protocol, and where to connect. */
export function McpPage() {
  const sessions = useQuery(mcpSessionsQuery)
  const address = new URL('mcp', ROOT).href
  return (
    <Page title="Agents" about="Clients of the Model Context Protocol.">
      <AgentTabs />
      <Section title="Address" about="Clients of every revision connect here; the newest has no sessions, and is not listed below.">
        <Text size="sm" ff="monospace" component="div">{address} <CopyButton text={address} label="Copy the address" /></Text>
      </Section>
      <Section title="Sessions" about="Those of this server's process. A session that is not used for half an hour ends.">
        <QueryState query={sessions} skeleton={3}>
          {({ items, max }) => (
            <>
              <DataTable label="Sessions" columns={SESSIONS} rows={items} rowKey={(each) => each.id} maxHeight="520px" empty={<Text p="md" size="sm" c="dimmed">No client has a session open.</Text>} />
              {items.length > 0 && <Text size="xs" c="dimmed" mt={6}>{count(items.length)} of {count(max)} that may be open at a time.</Text>}
            </>
          )}
        </QueryState>
      </Section>
    </Page>
  )
}

import { Anchor, Button, Checkbox, Drawer, Group, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconLogout, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, words } from '../../components/format'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time, useNow } from '../../components/Time'
import { Fact } from './CacheEntryDrawer'
import type { Listed, Session, SessionStatistics } from './api'
import { DataTabs } from './tabs'
import { sessionState } from './words'

const route = getRouteApi('/data/sessions')
const PAGE = 100

/** Who is signed in, and how to end it. */
export function SessionsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const [user, setUser] = useState(search.user ?? '')
  const [agent, setAgent] = useState(search.agent ?? '')
  useEffect(() => {
    setUser(search.user ?? '')
    setAgent(search.agent ?? '')
  }, [search.user, search.agent])
  const [selected, setSelected] = useState<Set<string>>(new Set())
  const change = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next } })
  const query = useInfiniteQuery({
    queryKey: ['sessions', search.user, search.agent, search.ended],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await body(api.GET('/api/sessions', { params: { query: { user: search.user, agent: search.agent, ended: search.ended ?? false, cursor: pageParam, limit: PAGE } }, signal }))) as unknown as Listed<Session>,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  const live = (rows ?? []).filter((session) => selected.has(session.handle) && !session.ended_at)
  const columns: Column<Session>[] = [
    { key: 'user', header: 'User', width: 'minmax(110px, 1.5fr)', cell: (session) => (session.user === null ? <Text size="sm" c="dimmed">not signed in</Text> : <Anchor component="button" size="sm" truncate="end" maw="100%" onClick={() => change({ user: session.user! })}>{session.user}</Anchor>) },
    { key: 'state', header: 'State', width: '100px', from: 420, cell: (session) => {
      const state = sessionState(session, now)
      return <State state={state} tone={state === 'live' ? 'good' : 'off'} />
    } },
    { key: 'agent', header: 'Agent', width: 'minmax(0, 1fr)', from: 760, cell: (session) => session.agent ?? '–' },
    { key: 'device', header: 'From', width: 'minmax(0, 2fr)', from: 560, cell: (session) => <Text size="sm" truncate="end" title={session.user_agent ?? undefined}>{[session.ip_address, session.user_agent].filter(Boolean).join(', ') || '–'}</Text> },
    { key: 'used', header: 'Last used', width: '110px', align: 'right', cell: (session) => <Time at={session.accessed_at} /> },
    { key: 'end', header: 'Ends', width: '110px', align: 'right', from: 660, cell: (session) => <Time at={session.ended_at ?? session.expires_at} /> },
  ]
  return (
    <Page title="Sessions" about="Who is signed in. A handle names a session and opens nothing; what sessions hold is not shown here" tabs={<DataTabs />}
      actions={<EndAll user={search.user} />}>
      <Statistics />
      <Group gap="xs" component="form" align="center" {...{ role: 'search', 'aria-label': 'Sessions' }} onSubmit={(event: React.FormEvent) => {
        event.preventDefault()
        change({ user: user.trim() || undefined, agent: agent.trim() || undefined })
      }}>
        <TextInput size="xs" aria-label="User" placeholder="User, exactly" value={user} onChange={(event) => setUser(event.currentTarget.value)} />
        <TextInput size="xs" aria-label="Agent" placeholder="Agent, exactly" value={agent} onChange={(event) => setAgent(event.currentTarget.value)} />
        <Button size="xs" type="submit" variant="default">Filter</Button>
        <Checkbox size="xs" label="Ended ones, too" checked={search.ended ?? false} onChange={(event) => change({ ended: event.currentTarget.checked || undefined })} />
        {live.length > 0 && (
          <Action label={`End ${live.length}`} size="xs" isDangerous icon={<IconLogout size={14} />} about={`Ends ${live.length} marked ${live.length === 1 ? 'session' : 'sessions'}. Their users must sign in again.`} undo="This cannot be undone."
            run={async () => (await body(api.POST('/api/sessions/revoke', { body: { handles: live.map((session) => session.handle) } as never }))) as unknown as { ended: number }} done={(answer) => `${answer.ended} ended`} onDone={() => setSelected(new Set())} />
        )}
      </Group>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <DataTable label="Sessions" columns={columns} rows={rows} rowKey={(session) => session.handle} selected={selected} onSelect={setSelected} onOpen={(session) => change({ session: session.handle })} current={search.session}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage}
          empty={search.user || search.agent ? <Empty title="Nobody like that is signed in">The names are compared exactly.</Empty> : <Empty title="Nobody is signed in" command="curl -X POST …/api/sessions">Your backend makes sessions by POST /api/sessions.</Empty>} />
      )}
      {search.session && <SessionDrawer handle={search.session} onClose={() => change({ session: undefined })} />}
    </Page>
  )
}

/** Reads the whole table, so only when somebody asks for it. */
function Statistics() {
  const [asked, setAsked] = useState(false)
  const query = useQuery({ queryKey: ['session-statistics'], enabled: asked, staleTime: 60_000, queryFn: async () => ({ ...(await body(api.GET('/api/sessions/statistics')) as unknown as SessionStatistics), at: Date.now() }) })
  if (!asked) return <Group><Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>Count all sessions</Button><Text size="xs" c="dimmed">Reads the whole table</Text></Group>
  return (
    <QueryState query={query} skeleton={2}>
      {(statistics) => (
        <Stack gap="xs">
          <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
            <Tile label="Live" value={count(statistics.active)} about={`of ${count(statistics.unique_users)} users`} />
            <Tile label="Expired" value={count(statistics.expired)} about={`and ${count(statistics.deleted)} ended`} />
            <Tile label="Oldest" value={<Text inherit size="md"><Time at={statistics.oldest_session} /></Text>} about={<>last used <Time at={statistics.newest_activity} /></>} />
            <Tile label="Size on disk" value={bytes(statistics.table_bytes)} />
          </SimpleGrid>
          <Group gap="xs"><Text size="xs" c="dimmed">Counted <Time at={statistics.at} /></Text><Button size="compact-xs" variant="subtle" leftSection={<IconRefresh size={12} />} onClick={() => void query.refetch()}>Count again</Button></Group>
        </Stack>
      )}
    </QueryState>
  )
}

function EndAll({ user: given }: { user?: string }) {
  const [user, setUser] = useState(given ?? '')
  useEffect(() => setUser(given ?? ''), [given])
  const known = useQuery({
    queryKey: ['sessions', 'of', user],
    enabled: user.trim() !== '',
    queryFn: async () => (await body(api.GET('/api/sessions', { params: { query: { user: user.trim(), limit: 100 } } }))) as unknown as Listed<Session>,
  })
  const found = user.trim() === '' ? 'Name the user first.' : known.data ? `This ends ${known.data.next ? 'more than 100' : known.data.items.length} live ${known.data.items.length === 1 ? 'session' : 'sessions'} of ${user.trim()}.` : 'Counting …'
  return (
    <Action label="End all of a user" icon={<IconLogout size={16} />} isDangerous confirmLabel="End all" about={found} undo="This cannot be undone; the user can sign in again."
      run={async () => {
        if (!user.trim()) throw new Error('name the user first')
        return (await body(api.DELETE('/api/sessions', { params: { query: { user: user.trim() } } }))) as unknown as { ended: number }
      }} done={(answer) => `${answer.ended} ended`}>
      <TextInput label="User" required value={user} onChange={(event) => setUser(event.currentTarget.value)} />
    </Action>
  )
}

function SessionDrawer({ handle, onClose }: { handle: string; onClose: () => void }) {
  const query = useQuery({ queryKey: ['sessions', 'one', handle], queryFn: async () => (await body(api.GET('/api/sessions/{handle}', { params: { path: { handle } } }))) as unknown as Session, retry: false })
  return (
    <Drawer opened onClose={onClose} position="right" title={<Text fw={600}>Session</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <QueryState query={query}>
        {(session) => (
          <Stack gap="md">
            {!session.ended_at && (
              <Group><Action label="End" size="xs" isDangerous icon={<IconLogout size={14} />} about={session.user ? `Ends this session of ${session.user}, who must sign in again.` : 'Ends this session.'} undo="This cannot be undone." run={() => body(api.DELETE('/api/sessions/{handle}', { params: { path: { handle } } }))} done={() => 'The session has ended'} /></Group>
            )}
            <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} aria-label="About the session">
              <Table.Tbody>
                <Fact name="User">{session.user ?? 'not signed in'}</Fact>
                <Fact name="Agent">{session.agent ?? '–'}</Fact>
                <Fact name="Address">{session.ip_address ?? '–'}</Fact>
                <Fact name="Browser">{session.user_agent ?? '–'}</Fact>
                <Fact name="Created"><Time at={session.created_at} /></Fact>
                <Fact name="Last used"><Time at={session.accessed_at} /></Fact>
                <Fact name={session.ended_at ? 'Ended' : 'Ends if unused'}><Time at={session.ended_at ?? session.expires_at} />{session.end_reason && ` (${words(session.end_reason)})`}</Fact>
                <Fact name="Handle"><Text span ff="monospace" size="xs">{session.handle}</Text></Fact>
              </Table.Tbody>
            </Table>
          </Stack>
        )}
      </QueryState>
    </Drawer>
  )
}

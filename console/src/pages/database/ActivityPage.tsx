import { Chip, Drawer, Group, Stack, Text } from '@mantine/core'
import { IconMoonStars } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration } from '../../components/format'
import { Empty, QueryState } from '../../components/QueryState'
import { State, type Tone } from '../../components/State'
import { LIMIT, REREAD_SECONDS, useActivity, type DatabaseSession } from './api'
import { CHIP } from '../../components/chip'
import { DatabaseArea } from './DatabaseArea'
import classes from './database.module.css'
import { Facts } from '../../components/Facts'
import { SessionActions } from './SessionActions'
import { SqlText } from './SqlText'

/** How long a statement or a transaction may take before it is told apart. */
const LONG_MS = 60_000

export function toneOfSession(session: Pick<DatabaseSession, 'state' | 'blocked_by'>): Tone {
  if (session.blocked_by.length) return 'bad'
  if (session.state === 'active') return 'busy'
  return session.state.startsWith('idle in transaction') ? 'warn' : 'idle'
}

const COLUMNS: Column<DatabaseSession>[] = [
  { key: 'pid', header: 'Process', width: '76px', align: 'right', cell: (row) => row.pid },
  { key: 'state', header: 'State', width: '150px', cell: (row) => <State state={row.blocked_by.length ? 'blocked' : row.state} tone={toneOfSession(row)} title={row.state} /> },
  { key: 'transaction', header: 'Transaction', width: '98px', align: 'right', from: 560, cell: (row) => <Age ms={row.transaction_ms} /> },
  { key: 'statement', header: 'Statement', width: '98px', align: 'right', from: 480, cell: (row) => (row.state === 'active' ? <Age ms={row.query_ms} /> : '–') },
  { key: 'waits', header: 'Waits for', width: '150px', from: 980, cell: (row) => <span title={row.waits_for ?? undefined}>{row.waits_for ?? '–'}</span> },
  { key: 'who', header: 'Who', width: 'minmax(110px, 0.7fr)', from: 760, cell: (row) => <span title={`${row.role}, ${row.application}`}>{row.application || row.role}</span> },
  { key: 'query', header: 'Last statement', width: 'minmax(120px, 2fr)', from: 420, cell: (row) => <span className={classes.mono} title={row.query.slice(0, 500)}>{row.query || '–'}</span> },
  { key: 'actions', header: 'Actions', width: '68px', align: 'right', cell: (row) => <SessionActions session={row} compact /> },
]

function Age({ ms }: { ms: number | null | undefined }) {
  return ms != null && ms > LONG_MS ? <Text span fw={650} inherit title="longer than a minute">{duration(ms)}</Text> : <>{duration(ms)}</>
}

/** What the database's sessions run. */
export function ActivityPage() {
  const { state, pid } = useSearch({ from: '/database/activity' })
  const navigate = useNavigate({ from: '/database/activity' })
  const activity = useActivity()
  const look = (change: { state?: string; pid?: string }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <DatabaseArea about={`Sessions of this database, the oldest transaction first; statements without their values. Read again every ${REREAD_SECONDS} s.`}>
      <QueryState query={activity}>
        {({ items, by_state: byState }) => {
          const shown = state ? items.filter((each) => each.state === state) : items
          const open = items.find((each) => String(each.pid) === pid)
          return (
            <Stack gap="sm">
              <Group gap="xs">
                <Chip.Group value={state ?? ''} onChange={(next) => look({ state: (next as string) || undefined })}>
                  <Chip variant="light" styles={CHIP} size="xs" value="">all {count(items.length)}</Chip>
                  {Object.entries(byState).map(([name, number]) => <Chip variant="light" styles={CHIP} key={name} size="xs" value={name}>{name} {count(number)}</Chip>)}
                </Chip.Group>
                {items.length >= LIMIT && <Text size="xs" c="dimmed">the first {count(LIMIT)}</Text>}
              </Group>
              <DataTable label="Sessions" columns={COLUMNS} rows={shown} rowKey={(row) => String(row.pid)} current={pid} onOpen={(row) => look({ pid: String(row.pid) })}
                empty={<Empty title="No session is in this state" icon={<IconMoonStars size={24} />} command="./howdah database activity" />} />
              <Drawer opened={pid !== undefined} onClose={() => look({ pid: undefined })} position="right" size="lg" title={`Process ${pid}`} closeButtonProps={{ 'aria-label': 'Close' }}>
                {open ? <Details session={open} /> : <Text size="sm">This session has ended.</Text>}
              </Drawer>
            </Stack>
          )
        }}
      </QueryState>
    </DatabaseArea>
  )
}

function Details({ session }: { session: DatabaseSession }) {
  return (
    <Stack gap="md">
      <Facts isLines facts={[
        ['State', <State key="state" state={session.state} tone={toneOfSession(session)} />],
        ['Transaction', session.transaction_ms == null ? 'none open' : `open for ${duration(session.transaction_ms)}`],
        ['Statement', session.query_ms == null ? '–' : `began ${duration(session.query_ms)} ago`],
        ['Waits for', session.waits_for ?? 'nothing'],
        ['Blocked by', session.blocked_by.length ? session.blocked_by.join(', ') : 'nobody'],
        ['Application', session.application || '–'],
        ['Role', session.role],
        ['Client', session.client ?? 'on the server’s machine'],
      ]} />
      <SqlText text={session.query || '–'} label="Last statement" />
      <SessionActions session={session} />
    </Stack>
  )
}

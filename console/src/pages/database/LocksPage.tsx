import { Group, Paper, Stack, Text } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import { duration } from '../../components/format'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { REREAD_SECONDS, useLocks } from './api'
import { DatabaseArea } from './DatabaseArea'
import classes from './database.module.css'
import { lockTree, type Blocker } from './lockTree'
import { SessionActions } from './SessionActions'

/** Who waits for whose lock. */
export function LocksPage() {
  const locks = useLocks()
  return (
    <DatabaseArea about={`Who waits for whose lock: below each session those that wait for it. When the topmost ends, the others go on. Read again every ${REREAD_SECONDS} s.`}>
      <QueryState query={locks}>
        {(data) => {
          const trees = lockTree(data)
          if (trees.length === 0) return <Empty title="Nobody waits for a lock" icon={<IconLockOpen size={24} />} command="./howdah database locks">What holds up others is shown here, with what it runs and how to end it.</Empty>
          return <Tree blockers={trees} label="Sessions that others wait for" />
        }}
      </QueryState>
    </DatabaseArea>
  )
}

function Tree({ blockers, label }: { blockers: Blocker[]; label: string }) {
  return <ul className={classes.tree} aria-label={label}>{blockers.map((each) => <li key={each.session.pid}><Node blocker={each} /></li>)}</ul>
}

function Node({ blocker: { session, lock, waiting, count } }: { blocker: Blocker }) {
  return (
    <>
      <Paper withBorder p="sm" radius="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Stack gap={4} style={{ minWidth: 0, flex: '1 1 260px' }}>
            <Group gap="xs">
              <Text span fw={650} size="sm">Process {session.pid}</Text>
              {lock ? <State state={`waits ${duration(lock.waited_ms)}`} tone="warn" /> : <State state={session.state} tone={session.state.startsWith('idle in') ? 'bad' : 'busy'} />}
              {count > 0 && <Text span size="sm" fw={600}>{count === 1 ? '1 waits for it' : `${count} wait for it`}</Text>}
            </Group>
            <Text size="xs" c="dimmed">
              {session.application || session.role}
              {lock && `, wants ${lock.mode} on ${lock.object}`}
              {session.transaction_ms != null && `, transaction open for ${duration(session.transaction_ms)}`}
            </Text>
            <Text className={classes.mono} lineClamp={3} style={{ overflowWrap: 'anywhere' }}>{session.query || '–'}</Text>
          </Stack>
          <SessionActions session={session} />
        </Group>
      </Paper>
      {waiting.length > 0 && <Tree blockers={waiting} label={`Waiting for process ${session.pid}`} />}
    </>
  )
}

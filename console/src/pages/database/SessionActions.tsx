import { Code, Group } from '@mantine/core'
import { IconPlayerStop, IconPlugX } from '@tabler/icons-react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { duration } from '../../components/format'
import type { DatabaseSession } from './api'

const stop = (pid: number, terminate: boolean) => body(api.POST('/api/database/activity/{pid}/cancel', { params: { path: { pid } }, body: { terminate } }))

/** What can be done about a session: cancel what it runs, or end it. */
export function SessionActions({ session, compact }: { session: DatabaseSession; compact?: boolean }) {
  const who = `process ${session.pid} (${session.application || session.role})`
  const isIdle = session.state !== 'active'
  return (
    <Group gap={compact ? 2 : 'xs'} wrap={compact ? 'nowrap' : 'wrap'}>
      <Action label="Cancel statement" size="xs" compact={compact} icon={<IconPlayerStop size={16} />} isDangerous
        blocked={isIdle ? 'It runs no statement; end the session instead' : undefined}
        about={<>Cancels what {who} has been running for {duration(session.query_ms)}. Its caller gets an error, and its transaction is rolled back unless it handles that. <Code block mt="xs">{session.query.slice(0, 400)}</Code></>}
        undo="What the statement did is undone by the database. The cancelling itself cannot be undone; the caller may try again."
        run={() => stop(session.pid, false)} done={() => `What process ${session.pid} ran is cancelled`} />
      <Action label="End session" size="xs" compact={compact} icon={<IconPlugX size={16} />} isDangerous
        about={<>Ends the session of {who}: its connection is closed, its transaction rolled back, its locks released. A pool opens a new connection by itself.</>}
        undo="The session cannot be brought back. What it had not committed is lost."
        run={() => stop(session.pid, true)} done={() => `The session of process ${session.pid} is ended`} />
    </Group>
  )
}

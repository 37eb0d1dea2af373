import { Alert, Code, List, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClockPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, body } from '../../api/client'
import { DataTable, type Column } from '../../components/DataTable'
import { count, duration, words } from '../../components/format'
import { Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State, type Tone } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import type { Migration } from './api'
import { DatabaseArea } from './DatabaseArea'
import { SqlText } from './SqlText'

const TONES: Record<string, Tone> = { applied: 'good', pending: 'idle', changed: 'bad', interrupted: 'bad', newer: 'warn' }

const REMEDIES: Record<string, string> = {
  changed: 'Its file was edited after it was applied. Put the file back; if the edit does nothing to the schema: ./howdah migrate repair',
  interrupted: 'It was interrupted. Go on with it: ./howdah migrate up',
  newer: 'A newer release applied it. Run that release, or roll it back: ./howdah migrate down',
}

const COLUMNS: Column<Migration>[] = [
  { key: 'version', header: 'Version', width: '76px', align: 'right', cell: (row) => row.version },
  { key: 'name', header: 'Name', width: 'minmax(120px, 2fr)', cell: (row) => <Text span fw={550} inherit title={words(row.name)}>{words(row.name)}</Text> },
  { key: 'module', header: 'Module', width: '110px', from: 560, cell: (row) => row.module },
  { key: 'state', header: 'State', width: '110px', cell: (row) => <State state={row.state} tone={TONES[row.state]} title={REMEDIES[row.state]} /> },
  { key: 'applied', header: 'Applied', width: '120px', from: 480, cell: (row) => <Time at={row.applied_at} /> },
  { key: 'took', header: 'Took', width: '84px', align: 'right', from: 640, cell: (row) => duration(row.duration_ms) },
  { key: 'back', header: 'Way back', width: '100px', from: 760, cell: (row) => (row.reversible ? 'stored' : 'none') },
]

/** How the schema stands to what this program needs. */
export function MigrationsPage() {
  const migrations = useQuery({ queryKey: ['database', 'migrations'], queryFn: () => body(api.GET('/api/database/migrations')) })
  return (
    <DatabaseArea about="Every change of the schema, the newest first. They are applied when a server or worker starts; one process does it, the others wait.">
      <QueryState query={migrations}>
        {({ version, up_to_date: isUpToDate, items }) => {
          const pending = items.filter((each) => each.state === 'pending')
          const troubled = items.filter((each) => REMEDIES[each.state])
          return (
            <Stack gap="md">
              {troubled.map((each) => <Alert key={each.version} color="red" icon={<IconAlertTriangle size={18} />} title={`Migration ${each.version}, ${words(each.name)}, is ${each.state}`}>{REMEDIES[each.state]}</Alert>)}
              {isUpToDate && troubled.length === 0 && <Alert color="teal" icon={<IconCircleCheck size={18} />} title="The schema is what this program needs" />}
              <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
                <Tile label="Schema’s version" value={count(version)} />
                <Tile label="Applied" value={count(items.length - pending.length)} />
                <Tile label="Pending" value={count(pending.length)} tone={pending.length ? 'warn' : undefined} />
                <Tile label="Without a way back" value={count(items.filter((each) => !each.reversible).length)} />
              </SimpleGrid>
              {pending.length > 0 && (
                <Section title="Pending" about="What each would lock while it runs.">
                  <Stack gap="sm">
                    {pending.map((each) => <Pending key={each.version} migration={each} />)}
                    <SqlText text={'./howdah migrate plan\n./howdah migrate up'} label="Commands that apply them" />
                  </Stack>
                </Section>
              )}
              <DataTable label="Migrations" columns={COLUMNS} rows={[...items].reverse()} rowKey={(row) => String(row.version)} empty={<Empty title="There are no migrations" command="./howdah migrate up" />} />
            </Stack>
          )
        }}
      </QueryState>
    </DatabaseArea>
  )
}

function Pending({ migration }: { migration: Migration }) {
  const locks = migration.locks ?? []
  return (
    <Alert color={locks.length ? 'yellow' : 'gray'} icon={<IconClockPlay size={18} />} title={`${migration.version} ${words(migration.name)}`}>
      {locks.length ? <List size="sm">{locks.map((each) => <List.Item key={each}>{each}</List.Item>)}</List> : <Text size="sm">Locks nothing that others use for long.</Text>}
      {migration.transactional === false && <Text size="sm">Not in a transaction: if it is interrupted, <Code>./howdah migrate up</Code> goes on with it.</Text>}
    </Alert>
  )
}

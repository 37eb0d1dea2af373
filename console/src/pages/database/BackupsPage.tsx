import { Alert, Drawer, Group, List, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconArchive, IconCircleCheck, IconRestore } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { sent } from '../../api/sent'
import { Action } from '../../components/Action'
import { CopyButton } from '../../components/CopyButton'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, duration } from '../../components/format'
import { Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import type { Backup, BackupRun, Drill, Page } from './api'
import { checksOf, concerns, lastPassed, newestGood } from './backups'
import { DatabaseArea } from './DatabaseArea'
import { Facts } from '../../components/Facts'
import { SqlText } from './SqlText'

const PAGE = { params: { query: { limit: 200 } } }

const drill = (backup?: string) => body(api.POST('/api/drills', { params: {}, body: { backup } }))

const queued = (answer: { task_id?: string }) => `Task ${answer.task_id} is queued; this page tells when it has ended`

/** Backups, how they were made, and rehearsals of their restore. */
export function BackupsPage() {
  const all = useQuery({
    queryKey: ['backups'],
    queryFn: async () => {
      const [backups, runs, drills] = await Promise.all([sent<Page<Backup> & { target: string | null }>(body(api.GET('/api/backups', PAGE))), sent<Page<BackupRun>>(body(api.GET('/api/backup-runs', PAGE))), sent<Page<Drill>>(body(api.GET('/api/drills', PAGE)))])
      return { target: backups.target ?? undefined, backups: backups.items, runs: runs.items, drills: drills.items }
    },
  })
  const target = all.data?.target
  const blocked = all.data && !target ? 'There is no place for backups yet' : undefined
  return (
    <DatabaseArea about={<>A backup is whole or does not exist. {target && <>They are in {target}.</>}</>} actions={<>
      <Action label="Rehearse a restore" icon={<IconRestore size={16} />} size="xs" blocked={blocked} run={() => drill()} done={queued}
        about="Restores the newest backup into a schema beside yours, checks it, measures how long it took, and drops it again. Reads and writes go on meanwhile." undo="Nothing of yours is changed, so there is nothing to undo; the task can be cancelled." />
      <Action label="Back up now" icon={<IconArchive size={16} />} size="xs" variant="filled" blocked={blocked} run={() => body(api.POST('/api/backups', { params: {} }))} done={queued}
        about="Copies all tables as they are at one moment. While it reads, dead rows cannot be cleaned up. One that waits or runs already is joined." undo="The task can be cancelled; what is half made does not count as a backup. Retention may remove older ones, which cannot be undone." />
    </>}>
      <QueryState query={all}>
        {({ backups, runs, drills }) => (target
          ? <Backups backups={backups} runs={runs} drills={drills} />
          : <Empty title="No backups are made" icon={<IconArchive size={24} />} command="HOWDAH_OPERATIONS_BACKUP_TARGET=/var/backups/howdah ./howdah up">Name a place, a directory or an S3 bucket, and there is one every night.</Empty>)}
      </QueryState>
    </DatabaseArea>
  )
}

const BACKUPS: Column<Backup>[] = [
  { key: 'name', header: 'Backup', width: 'minmax(150px, 2fr)', cell: (row) => <Text span fw={550} inherit title={row.name}>{row.name}</Text> },
  { key: 'state', header: 'Manifest', width: '110px', cell: (row) => <State state={row.problem ? 'damaged' : 'sound'} tone={row.problem ? 'bad' : 'good'} title={row.problem ?? undefined} /> },
  { key: 'taken', header: 'Taken', width: '110px', from: 480, cell: (row) => <Time at={row.taken_at} /> },
  { key: 'rows', header: 'Rows', width: '90px', align: 'right', from: 640, cell: (row) => count(row.rows) },
  { key: 'bytes', header: 'Size', width: '84px', align: 'right', from: 560, cell: (row) => bytes(row.bytes) },
  { key: 'key', header: 'Encrypted', width: '100px', from: 760, cell: (row) => (row.key ? `by ${row.key}` : 'no') },
  { key: 'version', header: 'Schema', width: '70px', align: 'right', from: 860, cell: (row) => row.schema_version },
  { key: 'actions', header: 'Actions', width: '92px', align: 'right', cell: (row) => (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <CopyButton text={`./howdah verify ${row.name}`} label="Copy the command that verifies every file" />
      <CopyButton text={`./howdah restore ${row.name} --into restored`} label="Copy the command that restores it beside what is there" />
      <Action label="Rehearse this one" compact icon={<IconRestore size={16} />} blocked={row.problem ? 'It cannot be restored' : undefined} run={() => drill(row.name)} done={queued}
        about={`Restores ${row.name} into a schema beside yours, checks it, measures how long it took, and drops it again.`} undo="Nothing of yours is changed, so there is nothing to undo; the task can be cancelled." />
    </Group>
  ) },
]

const RUNS: Column<BackupRun>[] = [
  { key: 'ended', header: 'Ended', width: '110px', cell: (row) => <Time at={row.ended_at} /> },
  { key: 'state', header: 'State', width: '100px', cell: (row) => <State state={row.state} title={row.error ?? undefined} /> },
  { key: 'took', header: 'Took', width: '84px', align: 'right', cell: (row) => duration(row.duration_ms) },
  { key: 'bytes', header: 'Size', width: '84px', align: 'right', from: 560, cell: (row) => bytes(row.bytes) },
  { key: 'removed', header: 'Removed by retention', width: '150px', align: 'right', from: 760, cell: (row) => count(row.removed.length) },
  { key: 'what', header: 'Backup, or what went wrong', width: 'minmax(140px, 2fr)', from: 420, cell: (row) => <span title={row.error ?? row.name ?? undefined}>{row.error ?? row.name}</span> },
]

const DRILLS: Column<Drill>[] = [
  { key: 'ended', header: 'Ended', width: '110px', cell: (row) => <Time at={row.ended_at} /> },
  { key: 'state', header: 'State', width: '100px', cell: (row) => <State state={row.state} tone={row.state === 'passed' ? 'good' : 'bad'} title={row.error ?? undefined} /> },
  { key: 'rpo', header: 'RPO', width: '100px', align: 'right', cell: (row) => duration(row.rpo_ms) },
  { key: 'rto', header: 'RTO', width: '84px', align: 'right', from: 420, cell: (row) => duration(row.rto_ms) },
  { key: 'checks', header: 'Checks', width: '90px', align: 'right', from: 560, cell: (row) => `${checksOf(row).filter((each) => each.passed).length} of ${checksOf(row).length}` },
  { key: 'what', header: 'Backup, or what went wrong', width: 'minmax(140px, 2fr)', from: 640, cell: (row) => <span title={row.error ?? row.backup ?? undefined}>{row.error ?? row.backup ?? '–'}</span> },
]

function Backups({ backups, runs, drills }: { backups: Backup[]; runs: BackupRun[]; drills: Drill[] }) {
  const { drill: openId } = useSearch({ from: '/database/backups' })
  const navigate = useNavigate({ from: '/database/backups' })
  const open = drills.find((each) => each.id === openId)
  const look = (id: string | undefined) => void navigate({ search: { drill: id }, replace: true })
  const wrong = concerns(backups, runs, drills)
  const newest = newestGood(backups)
  const proven = lastPassed(drills)
  return (
    <Stack gap="md">
      {wrong.length === 0
        ? <Alert color="teal" icon={<IconCircleCheck size={18} />} title="Backups are made, and the last one that was rehearsed could be restored" />
        : <Alert color={wrong.some((each) => each.tone === 'bad') ? 'red' : 'yellow'} icon={<IconAlertTriangle size={18} />} title={wrong[0]!.text} data-testid="backup-concerns">{wrong.length > 1 && <List size="sm">{wrong.slice(1).map((each) => <List.Item key={each.text}>{each.text}</List.Item>)}</List>}</Alert>}
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Tile label="Newest that can be restored" value={<Time at={newest?.taken_at} none="none" />} tone={newest ? undefined : 'bad'} about={newest && `${bytes(newest.bytes)}, ${count(newest.rows)} rows`} />
        <Tile label="Kept" value={count(backups.length)} about={bytes(backups.reduce((sum, each) => sum + each.bytes, 0))} />
        <Tile label="RPO" value={duration(proven?.rpo_ms)} about="what a restore would have lost, at the last rehearsal that passed" />
        <Tile label="RTO" value={duration(proven?.rto_ms)} about={proven ? <>how long it took, <Time at={proven.ended_at} /></> : 'no rehearsal has passed yet'} />
      </SimpleGrid>
      <Section title="Backups" about="What is there, newest first. Restoring and removing is for the command line.">
        <DataTable label="Backups" columns={BACKUPS} rows={backups} rowKey={(row) => row.name} maxHeight="420px" empty={<Empty title="No backup was made yet" icon={<IconArchive size={24} />} command="./howdah backup" />} />
      </Section>
      <Section title="Rehearsals" about="Restores into a schema of their own, checked and dropped again.">
        <DataTable label="Rehearsals" columns={DRILLS} rows={drills} rowKey={(row) => row.id} current={openId} onOpen={(row) => look(row.id)} maxHeight="320px" empty={<Empty title="No restore was rehearsed yet" icon={<IconRestore size={24} />} command="./howdah drill" />} />
      </Section>
      <Section title="Runs" about="Backups that were made, or failed.">
        <DataTable label="Runs" columns={RUNS} rows={runs} rowKey={(row) => row.id} maxHeight="320px" empty={<Empty title="No backup has run yet" icon={<IconArchive size={24} />} command="./howdah backup" />} />
      </Section>
      <Drawer opened={openId !== undefined} onClose={() => look(undefined)} position="right" size="md" title="Rehearsal" closeButtonProps={{ 'aria-label': 'Close' }}>
        {open ? (
          <Stack gap="md">
            {open.error && <Alert color="red" title={open.error} icon={<IconAlertTriangle size={18} />} />}
            <Facts isLines facts={[['State', <State key="state" state={open.state} tone={open.state === 'passed' ? 'good' : 'bad'} />], ['Backup', open.backup ?? '–'], ['Ended', <Time key="ended" at={open.ended_at} />], ['RPO', duration(open.rpo_ms)], ['RTO', duration(open.rto_ms)], ['Took in all', duration(open.duration_ms)]]} />
            <Section title="Checks">
              <Stack gap="xs">
                {checksOf(open).map((each) => (
                  <Group key={each.name} gap="xs" align="flex-start" wrap="nowrap"><State state={each.passed ? 'passed' : 'failed'} tone={each.passed ? 'good' : 'bad'} /><div><Text size="sm" fw={550}>{each.name}</Text><Text size="xs" c="dimmed">{each.detail}</Text></div></Group>
                ))}
              </Stack>
            </Section>
            {open.backup && <SqlText text={`./howdah drill ${open.backup}`} label="Command that rehearses it again" />}
          </Stack>
        ) : <Text size="sm">There is no such rehearsal among the newest.</Text>}
      </Drawer>
    </Stack>
  )
}

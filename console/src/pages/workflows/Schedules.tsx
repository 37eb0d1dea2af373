import { Code, Group, Paper, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconHistory, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { count } from '../../components/format'
import { Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { JsonField } from '../../components/SchemaForm'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { schedulesQuery, view, type WorkflowSchedule } from './api'
import { AnchorLink } from '../../components/links'

/** When a workflow is started by itself. */
export function Schedules({ workflow }: { workflow: string }) {
  const schedules = useQuery(schedulesQuery(workflow))
  return (
    <Section title="Schedules" actions={<PutSchedule workflow={workflow} />}>
      <QueryState query={schedules} skeleton={3}>
        {(all) => (all.length === 0
          ? <Empty title="No schedule" command={`curl -X PUT …/api/workflows/${workflow}/schedules/nightly -d '{"cron": "30 2 * * *"}'`}>Add one, and the workflow is started by itself.</Empty>
          : <Stack gap="sm">{all.map((schedule) => <OneSchedule key={schedule.name} schedule={schedule} />)}</Stack>)}
      </QueryState>
    </Section>
  )
}

const OVERLAPS: Record<string, string> = { allow: 'both run', skip: 'it starts nothing', cancel_previous: 'the earlier one is cancelled', queue: 'it waits' }
const CATCH_UPS: Record<string, string> = { one: 'one run makes up for all', all: 'each is made up for', skip: 'they are left out' }

function OneSchedule({ schedule }: { schedule: WorkflowSchedule }) {
  const path = { id: schedule.workflow_id, name: schedule.name }
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 260px' }}>
          <Group gap="xs"><Text fw={650}>{schedule.name}</Text><State state={schedule.paused_at ? 'paused' : 'active'} tone={schedule.paused_at ? 'warn' : 'good'} /><Code>{schedule.cron ?? `every ${schedule.every}`}</Code><Text size="sm" c="dimmed">{schedule.zone}{schedule.version ? `, version ${schedule.version}` : ''}</Text></Group>
          <Text size="sm">{schedule.paused_at ? <>Paused since <Time at={schedule.paused_at} />.</> : <>Next <Time at={schedule.next_run_at} />, then {schedule.upcoming.slice(1, 4).map((at) => <span key={at}><Time at={at} /> </span>)}</>} {schedule.last_run_at && <>Last <Time at={schedule.last_run_at} />. </>}<AnchorLink to="/workflows/executions" search={{ schedule: schedule.schedule }} inherit>Its executions</AnchorLink></Text>
          <Text size="xs" c="dimmed">If an earlier one is under way, {OVERLAPS[schedule.overlap] ?? schedule.overlap}; of runs that were missed, {CATCH_UPS[schedule.catch_up] ?? schedule.catch_up}.</Text>
        </div>
        <Group gap={4}>
          {schedule.paused_at
            ? <Action label="Resume" compact icon={<IconPlayerPlay size={16} />} about={<>Schedule <b>{schedule.name}</b> fires again; of what was missed, {CATCH_UPS[schedule.catch_up] ?? schedule.catch_up}.</>} undo="Undone by pausing it." run={() => api.POST('/api/workflows/{id}/schedules/{name}/resume', { params: { path } })} done={() => 'Resumed'} />
            : <Action label="Pause" compact icon={<IconPlayerPause size={16} />} about={<>Schedule <b>{schedule.name}</b> starts nothing more.</>} undo="Undone by resuming it." run={() => api.POST('/api/workflows/{id}/schedules/{name}/pause', { params: { path } })} done={() => 'Paused'} />}
          <PutSchedule workflow={schedule.workflow_id} of={schedule} />
          <Backfill schedule={schedule} />
          <Action label="Remove" compact isDangerous icon={<IconTrash size={16} />} about={<>Removes schedule <b>{schedule.name}</b>. Executions that it started stay.</>} undo="It cannot be undone; add it again with the same fields." run={() => api.DELETE('/api/workflows/{id}/schedules/{name}', { params: { path } })} done={() => 'Removed'} />
        </Group>
      </Group>
    </Paper>
  )
}

/** Adds a schedule, or changes one. */
function PutSchedule({ workflow, of }: { workflow: string; of?: WorkflowSchedule }) {
  const [name, setName] = useState(of?.name ?? '')
  const [cron, setCron] = useState(of?.cron ?? '')
  const [every, setEvery] = useState(of?.every ?? '')
  const [zone, setZone] = useState(of?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [overlap, setOverlap] = useState(of?.overlap ?? 'allow')
  const [catchUp, setCatchUp] = useState(of?.catch_up ?? 'one')
  const [input, setInput] = useState<Json | undefined>(of?.input)
  const put = () => view<WorkflowSchedule>(api.PUT('/api/workflows/{id}/schedules/{name}', { params: { path: { id: workflow, name } }, body: { cron: cron || undefined, every: every || undefined, zone, overlap, catch_up: catchUp, input: input as never, version: of?.version ?? undefined } }))
  return (
    <Action label={of ? 'Change' : 'Add a schedule'} compact={!!of} size="compact-sm" icon={of ? <IconPencil size={16} /> : <IconPlus size={14} />} about={of ? <>Changes schedule <b>{of.name}</b> from its next run on.</> : <>Starts <Code>{workflow}</Code> by itself.</>} undo="Undone by pausing or removing it; executions that it starts stay." run={put} done={(made) => `Schedule ${made.name} is there`} confirmLabel="Save">
      <Stack gap="xs">
        {!of && <TextInput label="Name" required placeholder="nightly" value={name} onChange={(event) => setName(event.currentTarget.value)} />}
        <SimpleGrid cols={2}>
          <TextInput label="Cron" placeholder="30 2 * * *" value={cron} onChange={(event) => setCron(event.currentTarget.value)} />
          <TextInput label="Or every" placeholder="15m" value={every} onChange={(event) => setEvery(event.currentTarget.value)} />
          <TextInput label="Time zone" value={zone} onChange={(event) => setZone(event.currentTarget.value)} />
          <Select label="While an earlier one runs" allowDeselect={false} data={Object.entries(OVERLAPS).map(([value, label]) => ({ value, label }))} value={overlap} onChange={(next) => setOverlap(next ?? 'allow')} />
          <Select label="Of runs that were missed" allowDeselect={false} data={Object.entries(CATCH_UPS).map(([value, label]) => ({ value, label }))} value={catchUp} onChange={(next) => setCatchUp(next ?? 'one')} />
        </SimpleGrid>
        <JsonField name="input" label="Input" value={input} onChange={setInput} />
      </Stack>
    </Action>
  )
}

function Backfill({ schedule }: { schedule: WorkflowSchedule }) {
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const iso = (text: string) => (text ? new Date(text).toISOString() : undefined)
  return (
    <Action label="Backfill" compact icon={<IconHistory size={16} />} about={<>Starts an execution for each firing of <b>{schedule.name}</b> in a range that has none yet, at most 100 at a time.</>} undo="The executions can be cancelled. Doing it again starts nothing twice."
      run={() => view<{ execution_ids: string[]; existing: number }>(api.POST('/api/workflows/{id}/schedules/{name}/backfill', { params: { path: { id: schedule.workflow_id, name: schedule.name } }, body: { from: iso(from), to: iso(to) } }))} done={(made) => `${count(made.execution_ids.length)} executions started, ${count(made.existing)} were there`}>
      <SimpleGrid cols={2}>
        <TextInput type="datetime-local" label="From" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput type="datetime-local" label="To" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      </SimpleGrid>
    </Action>
  )
}

import { Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconEdit, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { JsonField } from '../../components/SchemaForm'
import { putSchedule, type Schedule } from './api'
import { cronInWords } from './cron'

interface Draft {
  name: string
  cron: string
  every: string
  zone: string
  catchUp: string
  type: string
  queue: string
  priority: number | undefined
  payload: Json | undefined
}

const NEW: Draft = { name: '', cron: '', every: '', zone: 'UTC', catchUp: 'one', type: '', queue: '', priority: undefined, payload: undefined }

function draftOf(schedule: Schedule): Draft {
  return { name: schedule.name, cron: schedule.cron ?? '', every: schedule.every ?? '', zone: schedule.zone, catchUp: schedule.catch_up, type: schedule.type, queue: schedule.queue, priority: schedule.priority, payload: schedule.payload }
}

/** Adds a schedule, or changes one. */
export function ScheduleAction({ from }: { from?: Schedule }) {
  const [changed, setChanged] = useState<Draft>()
  const draft = changed ?? (from ? draftOf(from) : NEW)
  const set = (change: Partial<Draft>) => setChanged({ ...draft, ...change })
  const run = () => putSchedule(draft.name, {
    cron: draft.cron || undefined, every: draft.every || undefined, zone: draft.zone || undefined, catch_up: draft.catchUp,
    task: { type: draft.type, queue: draft.queue || undefined, priority: draft.priority, payload: draft.payload },
  })
  const words = draft.cron ? cronInWords(draft.cron) : ''
  return (
    <Action label={from ? `Edit ${from.name}` : 'Add a schedule'} confirmLabel={from ? 'Change' : 'Add'} compact={!!from} variant="filled" icon={from ? <IconEdit size={16} /> : <IconPlus size={15} />}
      about={from ? 'The schedule is replaced; its next run moves only if its times change. Settings of its task that are not in this form, such as a key, are dropped.' : 'A task is enqueued by itself at these times. A schedule of the same name is replaced.'} undo={from ? 'To undo it, put the former values again.' : 'To undo it, delete the schedule.'}
      run={run} done={() => `${draft.name} is ${from ? 'changed' : 'added'}`} onDone={() => setChanged(undefined)}>
      <Stack gap="sm">
        <TextInput label="Name" required readOnly={!!from} placeholder="nightly-report" value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} />
        <Group grow align="flex-start">
          <TextInput label="Cron" placeholder="30 2 * * *" disabled={!!draft.every} value={draft.cron} onChange={(event) => set({ cron: event.currentTarget.value })} />
          <TextInput label="Or every" placeholder="15m" disabled={!!draft.cron} value={draft.every} onChange={(event) => set({ every: event.currentTarget.value })} />
        </Group>
        {words && words !== draft.cron && <Text size="xs" c="dimmed" aria-live="polite">{words}</Text>}
        <Group grow align="flex-start">
          <TextInput label="Zone" value={draft.zone} onChange={(event) => set({ zone: event.currentTarget.value })} />
          <Select label="What was missed" allowDeselect={false} data={[{ value: 'skip', label: 'is left out' }, { value: 'one', label: 'is run once' }, { value: 'all', label: 'is run in full' }]} value={draft.catchUp} onChange={(value) => value && set({ catchUp: value })} />
        </Group>
        <TextInput label="Type of the task" required placeholder="report" value={draft.type} onChange={(event) => set({ type: event.currentTarget.value })} />
        <Group grow align="flex-start">
          <TextInput label="Queue" placeholder="default" value={draft.queue} onChange={(event) => set({ queue: event.currentTarget.value })} />
          <NumberInput label="Priority" placeholder="0" value={draft.priority ?? ''} onChange={(value) => set({ priority: value === '' ? undefined : Number(value) })} />
        </Group>
        <JsonField name="payload" label="Payload" value={draft.payload} onChange={(payload) => set({ payload })} />
      </Stack>
    </Action>
  )
}

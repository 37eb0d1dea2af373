import { Autocomplete, Group, NumberInput, Stack, TextInput } from '@mantine/core'
import { IconCopy, IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { JsonField } from '../../components/SchemaForm'
import { enqueueTask, type NewTask } from './api'

/** Enqueues a task of a form; filled with another one, it is a copy. */
export function EnqueueAction({ types, from }: { types: string[]; from?: NewTask }) {
  const [task, setTask] = useState<NewTask>(from ?? { type: '' })
  const navigate = useNavigate()
  const set = (change: Partial<NewTask>) => setTask({ ...task, ...change })
  const text = (value: string) => value || undefined
  return (
    <Action label={from ? 'Copy as new' : 'Enqueue'} confirmLabel="Enqueue" variant={from ? 'default' : 'filled'} icon={from ? <IconCopy size={15} /> : <IconPlus size={15} />}
      about={from ? 'Another task like this one is enqueued; change what is to be different.' : 'A task is enqueued; a worker that takes its type runs it.'} undo="To undo it, cancel the task before it runs."
      run={() => enqueueTask(task)} done={() => 'Enqueued'} onDone={(answer) => void navigate({ to: '/tasks/$id', params: { id: answer.id } })}>
      <Stack gap="sm">
        <Autocomplete label="Type" required placeholder="resize" data={types} limit={8} value={task.type} onChange={(type) => set({ type })} />
        <JsonField name="payload" label="Payload" value={task.payload} onChange={(payload: Json | undefined) => set({ payload })} />
        <Group grow align="flex-start">
          <TextInput label="Queue" placeholder="default" value={task.queue ?? ''} onChange={(event) => set({ queue: text(event.currentTarget.value) })} />
          <NumberInput label="Priority" placeholder="0" value={task.priority ?? ''} onChange={(value) => set({ priority: value === '' ? undefined : Number(value) })} />
        </Group>
        <Group grow align="flex-start">
          <TextInput label="Delay" placeholder="30s, 5m" value={task.delay ?? ''} onChange={(event) => set({ delay: text(event.currentTarget.value) })} />
          <TextInput label="Time limit" placeholder="10m" value={task.timeout ?? ''} onChange={(event) => set({ timeout: text(event.currentTarget.value) })} />
          <NumberInput label="Attempts" placeholder="3" min={1} value={task.max_attempts ?? ''} onChange={(value) => set({ max_attempts: value === '' ? undefined : Number(value) })} />
        </Group>
        <Group grow align="flex-start">
          <TextInput label="Key" description="One live task per key" value={task.key ?? ''} onChange={(event) => set({ key: text(event.currentTarget.value) })} />
          <TextInput label="Partition" description="Such as a tenant" value={task.partition ?? ''} onChange={(event) => set({ partition: text(event.currentTarget.value) })} />
        </Group>
      </Stack>
    </Action>
  )
}

import { Checkbox, Fieldset, Group, NumberInput, Stack, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useState } from 'react'
import { Action } from '../../components/Action'
import { setQueue, type Queue, type QueueOptions } from './api'
import { optionsOf } from './limits'

/** What limits a queue, to be changed. */
export function LimitsAction({ queue }: { queue: Queue }) {
  const [changed, setChanged] = useState<QueueOptions>()
  const options = changed ?? optionsOf(queue)
  const number = (name: 'concurrency' | 'rate' | 'burst' | 'partition_concurrency' | 'partition_rate' | 'partition_burst', label: string, isDecimal = false) => (
    <NumberInput label={label} placeholder="none" min={isDecimal ? 0 : 1} allowDecimal={isDecimal} value={options[name] ?? ''} onChange={(value) => setChanged({ ...options, [name]: value === '' ? undefined : Number(value) })} />
  )
  return (
    <Action compact label={`Limits of ${queue.name}`} confirmLabel="Set" icon={<IconAdjustmentsHorizontal size={16} />} about="They hold from the next task on, over all workers. A field left empty lifts its limit." undo="To undo it, set the former values again."
      run={() => setQueue(queue.name, options)} done={() => `The limits of ${queue.name} are set`} onDone={() => setChanged(undefined)}>
      <Stack gap="sm">
        <Group grow align="flex-start">{number('concurrency', 'At once')}{number('rate', 'A second', true)}{number('burst', 'In a burst')}</Group>
        {queue.name !== '*' && <Fieldset legend="Each partition, such as a tenant"><Group grow align="flex-start">{number('partition_concurrency', 'Partition at once')}{number('partition_rate', 'Partition a second', true)}{number('partition_burst', 'Partition burst')}</Group></Fieldset>}
        <TextInput label="Ageing" description="A task that waits gains one priority each time" placeholder="5m" value={options.ageing ?? ''} onChange={(event) => setChanged({ ...options, ageing: event.currentTarget.value || undefined })} />
        <Checkbox label="Durable: what is enqueued survives a crash of the database at once" checked={options.durable ?? true} onChange={(event) => setChanged({ ...options, durable: event.currentTarget.checked })} />
      </Stack>
    </Action>
  )
}

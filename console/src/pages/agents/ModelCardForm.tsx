import { Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { JsonField } from '../../components/SchemaForm'
import type { Json } from '../../api/json'
import { CARD_STATUSES } from './modelCards'

export interface CardDraft {
  name: string
  slug?: string
  workspaceId?: string
  description: string
  status: string
  card: { [key: string]: Json }
  changeReason?: string
}

/** The fields of a model card; what names it can be given to new ones only. */
export function ModelCardForm({ value, onChange, isNew }: { value: CardDraft; onChange: (value: CardDraft) => void; isNew: boolean }) {
  const set = (change: Partial<CardDraft>) => onChange({ ...value, ...change })
  return (
    <Stack gap="sm">
      <TextInput label="Name" required value={value.name} onChange={(event) => set({ name: event.currentTarget.value })} />
      {isNew && (
        <Group grow align="flex-start">
          <TextInput label="Slug" description="The model's own name; made of the name if empty" value={value.slug ?? ''} onChange={(event) => set({ slug: event.currentTarget.value || undefined })} />
          <TextInput label="Workspace" description="Within it a slug names one card" value={value.workspaceId ?? ''} onChange={(event) => set({ workspaceId: event.currentTarget.value || undefined })} />
        </Group>
      )}
      <Textarea label="Description" autosize minRows={2} maxRows={6} value={value.description} onChange={(event) => set({ description: event.currentTarget.value })} />
      <Select label="Status" data={CARD_STATUSES} allowDeselect={false} value={value.status} onChange={(status) => status && set({ status })} />
      <JsonField name="card" label="Card" description="capabilities, skills, pricing and so on" value={value.card} onChange={(card) => set({ card: (card ?? {}) as { [key: string]: Json } })} />
      {!isNew && <TextInput label="Why" description="Kept with the version" value={value.changeReason ?? ''} onChange={(event) => set({ changeReason: event.currentTarget.value || undefined })} />}
    </Stack>
  )
}

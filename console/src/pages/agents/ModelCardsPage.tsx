import { Badge, Checkbox, Group, Select, Text, TextInput } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AgentTabs } from './AgentTabs'
import { modelCardsQuery, send, type ModelCard } from './api'
import { ModelCardForm, type CardDraft } from './ModelCardForm'
import { CARD_STATUSES, pricing, STATUS_TONES, texts } from './modelCards'

const route = getRouteApi('/agents/model-cards')
const NEW: CardDraft = { name: '', description: '', status: 'active', card: { schemaVersion: '1', capabilities: [], skills: [], pricing: { inputPricePerToken: 0, outputPricePerToken: 0, currency: 'USD' } } }

const COLUMNS: Column<ModelCard>[] = [
  { key: 'status', header: 'Status', width: '108px', cell: (card) => <State state={card.deletedAt ? 'deleted' : card.status} tone={card.deletedAt ? 'off' : STATUS_TONES[card.status as keyof typeof STATUS_TONES]} /> },
  { key: 'name', header: 'Model', width: 'minmax(96px, 1.3fr)', cell: (card) => <><AnchorLink to="/agents/model-cards/$id" params={{ id: card.id }}>{card.name}</AnchorLink> <Text span size="xs" c="dimmed">{card.slug}</Text></> },
  { key: 'workspace', header: 'Workspace', width: 'minmax(80px, 0.7fr)', from: 560, cell: (card) => card.workspaceId || '–' },
  { key: 'can', header: 'Capabilities', width: 'minmax(120px, 1.2fr)', from: 760, cell: (card) => <Group gap={4} wrap="nowrap">{texts(card.card, 'capabilities').slice(0, 4).map((each) => <Badge tt="none" fw={600} key={each} size="xs" variant="default">{each}</Badge>)}</Group> },
  { key: 'price', header: 'Price', width: 'minmax(0, 1.4fr)', from: 960, cell: (card) => <Text span inherit title={pricing(card.card)}>{pricing(card.card) ?? '–'}</Text> },
  { key: 'version', header: 'Version', width: '60px', align: 'right', from: 480, cell: (card) => card.version },
  { key: 'at', header: 'Changed', width: '80px', align: 'right', cell: (card) => <Time at={card.updatedAt} /> },
]

export function ModelCardsPage() {
  const { q, workspace, status, deleted } = route.useSearch()
  const navigate = route.useNavigate()
  const cards = useInfiniteQuery(modelCardsQuery({ q, workspace_id: workspace, status, deleted }))
  const [draft, setDraft] = useState<CardDraft>(NEW)
  const set = (change: { q?: string; workspace?: string; status?: string; deleted?: boolean }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const isFiltered = !!(q || workspace || status || deleted)
  return (
    <Page title="Agents" about="What models can do and what they cost. Every change keeps the version before it."
      actions={(
        <Action label="Add a model card" icon={<IconPlus size={15} />} variant="filled" confirmLabel="Add it" about="Describes a model. Calls of a model whose name is the slug are priced by what the card says." undo="It can be deleted again, and deleted ones restored."
          run={() => send<ModelCard>('POST', '/a2a/model-cards', draft)} done={(card) => `${card.name} is added`} onDone={(card) => {
            setDraft(NEW)
            void navigate({ to: '/agents/model-cards/$id', params: { id: card.id } })
          }}>
          <ModelCardForm value={draft} onChange={setDraft} isNew />
        </Action>
      )}>
      <AgentTabs />
      <Group gap="xs">
        <TextInput aria-label="Words in model cards" placeholder="Words" leftSection={<IconSearch size={14} />} size="xs" w={200} value={q ?? ''} onChange={(event) => set({ q: event.currentTarget.value || undefined })} />
        <TextInput aria-label="Workspace" placeholder="Any workspace" size="xs" w={150} value={workspace ?? ''} onChange={(event) => set({ workspace: event.currentTarget.value || undefined })} />
        <Select aria-label="Status" placeholder="Any status" clearable size="xs" w={140} data={CARD_STATUSES} value={status ?? null} onChange={(next) => set({ status: next ?? undefined })} />
        <Checkbox size="xs" label="Deleted ones" checked={deleted ?? false} onChange={(event) => set({ deleted: event.currentTarget.checked || undefined })} />
      </Group>
      <QueryState query={cards}>
        {(data) => (
          <DataTable label="Model cards" columns={COLUMNS} rows={data.pages.flatMap((page) => page.items)} rowKey={(card) => card.id} onOpen={(card) => void navigate({ to: '/agents/model-cards/$id', params: { id: card.id } })} onMore={() => cards.hasNextPage && void cards.fetchNextPage()} isLoadingMore={cards.isFetchingNextPage}
            empty={isFiltered ? <Empty title="No model card is like that">Take a filter away to see more.</Empty> : <Empty title="No model card yet" command="curl …/a2a/model-cards -d '{&quot;name&quot;: &quot;GPT-4o mini&quot;, &quot;slug&quot;: &quot;gpt-4o-mini&quot;}'">Add one here, or by the API.</Empty>} />
        )}
      </QueryState>
    </Page>
  )
}

import { Group, Stack, Table, Text } from '@mantine/core'
import { IconEdit, IconRestore, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { modelCardQuery, modelCardVersionsQuery, send, type ModelCard, type ModelCardVersion } from './api'
import { Facts } from '../../components/Facts'
import { ModelCardForm, type CardDraft } from './ModelCardForm'
import { pricing, STATUS_TONES, texts } from './modelCards'

const route = getRouteApi('/agents/model-cards/$id')
const path = (id: string) => `/a2a/model-cards/${encodeURIComponent(id)}`
/** Whoever was faster is not overwritten. */
const unchanged = (card: ModelCard) => ({ 'If-Match': `"${card.version}"` })

export function ModelCardPage() {
  const { id } = route.useParams()
  const card = useQuery(modelCardQuery(id))
  return (
    <Page title={card.data?.name ?? 'Model card'} about={card.data?.description} before={<Text size="sm"><AnchorLink to="/agents/model-cards">Model cards</AnchorLink></Text>} actions={card.data && <Actions key={card.data.version} card={card.data} />}>
      <QueryState query={card}>{(data) => <OneCard card={data} />}</QueryState>
    </Page>
  )
}

function Actions({ card }: { card: ModelCard }) {
  const [draft, setDraft] = useState<CardDraft>({ name: card.name, description: card.description, status: card.status, card: card.card })
  if (card.deletedAt) return null
  return (
    <>
      <Action label="Change" icon={<IconEdit size={15} />} about={`Makes version ${card.version + 1} of this card.`} undo="Every earlier version can be restored." confirmLabel="Save"
        run={() => send<ModelCard>('PUT', path(card.id), draft, unchanged(card))} done={(saved) => `Version ${saved.version} is saved`}>
        <ModelCardForm value={draft} onChange={setDraft} isNew={false} />
      </Action>
      <Action label="Delete" icon={<IconTrash size={15} />} isDangerous about={`Takes ${card.name} from the list; its price no longer counts for new calls.`} undo="It can be restored, with all its versions." run={() => send('DELETE', path(card.id), undefined, unchanged(card))} done={() => `${card.name} is deleted`} />
    </>
  )
}

function OneCard({ card }: { card: ModelCard }) {
  const versions = useQuery(modelCardVersionsQuery(card.id))
  return (
    <Stack gap="lg">
      <Facts facts={[
        ['Status', <State key="s" state={card.deletedAt ? 'deleted' : card.status} tone={card.deletedAt ? 'off' : STATUS_TONES[card.status as keyof typeof STATUS_TONES]} />],
        ['Slug', card.slug], ['Workspace', card.workspaceId || '–'], ['By', card.userId || '–'], ['Version', card.version], ['Changed', <Time key="c" at={card.updatedAt} />],
        ['Price', pricing(card.card) ?? 'not said'],
        ['Capabilities', texts(card.card, 'capabilities').join(', ') || '–'], ['Skills', texts(card.card, 'skills').join(', ') || '–'],
      ]} />
      <Section title="Card"><JsonView value={card.card} label="Card as JSON" /></Section>
      <Section title="Versions">
        <QueryState query={versions} skeleton={3}>
          {(all) => (
            <Table.ScrollContainer minWidth={340} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Table of versions' } }}>
              <Table verticalSpacing={6}>
                <Table.Thead><Table.Tr><Table.Th>Version</Table.Th><Table.Th>Status</Table.Th><Table.Th>Why</Table.Th><Table.Th>When</Table.Th><Table.Th><Text span inherit>Restore</Text></Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>{all.map((version) => <VersionRow key={version.version} card={card} version={version} />)}</Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
        </QueryState>
      </Section>
    </Stack>
  )
}

function VersionRow({ card, version }: { card: ModelCard; version: ModelCardVersion }) {
  return (
    <Table.Tr>
      <Table.Td>{version.version}</Table.Td>
      <Table.Td><State state={version.status} tone={STATUS_TONES[version.status as keyof typeof STATUS_TONES]} /></Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{version.changeReason || (version.restoredFrom ? `restored from version ${version.restoredFrom}` : '–')}</Table.Td>
      <Table.Td><Time at={version.createdAt} /></Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap">
          <Action label={`Restore version ${version.version}`} compact icon={<IconRestore size={16} />} blocked={version.version === card.version && !card.deletedAt ? 'It is in force' : undefined}
            about={<Stack gap="xs"><Text size="sm">Says again what version {version.version} said, as version {card.version + 1}{card.deletedAt ? ', and brings the card back' : ''}:</Text><JsonView value={version.card} label={`Version ${version.version}`} maxHeight={240} /></Stack>}
            undo="The version that is in force now can be restored in the same way." confirmLabel="Restore" run={() => send<ModelCard>('POST', `${path(card.id)}/versions/${version.version}/restore`, {}, unchanged(card))} done={(saved) => `Version ${saved.version} is in force`} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

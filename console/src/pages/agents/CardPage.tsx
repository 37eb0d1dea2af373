import { Anchor, Badge, Code, Group, Paper, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ROOT } from '../../api/client'
import { AnchorLink } from '../../components/links'
import { CopyButton } from '../../components/CopyButton'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { AgentTabs } from './AgentTabs'
import { CARD_PATH, cardQuery, type AgentCard } from './api'
import { Facts } from '../../components/Facts'

export function CardPage() {
  const card = useQuery(cardQuery)
  const address = new URL(CARD_PATH, ROOT).href
  return (
    <Page title="Agents" about="What other agents are told about this one.">
      <AgentTabs />
      <Group gap={4} wrap="nowrap"><Text size="sm" fw={600}>Address</Text><Code style={{ overflowWrap: 'anywhere' }}>{address}</Code><CopyButton text={address} label="Copy the address of the card" /></Group>
      <QueryState query={card}>{(data) => <Card card={data} />}</QueryState>
    </Page>
  )
}

function Card({ card }: { card: AgentCard }) {
  const { capabilities = {} } = card
  const schemes = Object.entries(card.securitySchemes ?? {})
  return (
    <Stack gap="lg">
      <Paper withBorder p="md" radius="md">
        <Stack gap="xs">
          <Group gap="sm" align="baseline"><Text fw={650} size="lg">{card.name}</Text><Text size="sm" c="dimmed">version {card.version}{card.provider?.organization ? `, by ${card.provider.organization}` : ''}</Text></Group>
          <Text size="sm">{card.description}</Text>
          {card.documentationUrl && <Group gap={4}><Text size="sm" c="dimmed">Documentation:</Text><Code style={{ overflowWrap: 'anywhere' }}>{card.documentationUrl}</Code></Group>}
        </Stack>
      </Paper>
      <Facts facts={[
        ['Streaming', <Offered key="s" isOffered={capabilities.streaming} />],
        ['Push notifications', <Offered key="p" isOffered={capabilities.pushNotifications} />],
        ['Extended card', <Offered key="e" isOffered={capabilities.extendedAgentCard} />],
        ['Who may ask', schemes.length ? schemes.map(([name]) => name).join(' or ') : 'everybody who reaches it'],
        ['Signed', card.signatures?.length ? <State key="g" state="signed" tone="good" /> : <State key="g" state="not signed" tone="off" title="howdah.agent.card.signing-key names a key to sign it with" />],
        ['Takes and gives', [...new Set([...(card.defaultInputModes ?? []), ...(card.defaultOutputModes ?? [])])].join(', ') || '–'],
      ]} />
      <Section title="Interfaces" about="Where it is reached, and in which binding of A2A.">
        <Table.ScrollContainer minWidth={340} maxHeight={320} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Table of interfaces' } }}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>Binding</Table.Th><Table.Th>Protocol</Table.Th><Table.Th>Address</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {(card.supportedInterfaces ?? []).map((each) => (
                <Table.Tr key={`${each.protocolBinding} ${each.url}`}><Table.Td>{each.protocolBinding}</Table.Td><Table.Td>{each.protocolVersion}</Table.Td><Table.Td><Group gap={4} wrap="nowrap"><Code style={{ overflowWrap: 'anywhere' }}>{each.url}</Code><CopyButton text={each.url} label={`Copy the address of ${each.protocolBinding}`} /></Group></Table.Td></Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      {(capabilities.extensions?.length ?? 0) > 0 && (
        <Section title="Extensions">
          <Stack gap={6}>{capabilities.extensions!.map((each) => <div key={each.uri}><Group gap={6}><Code style={{ overflowWrap: 'anywhere' }}>{each.uri}</Code>{each.required && <Badge tt="none" fw={600} size="xs" variant="default">required</Badge>}</Group>{each.description && <Text size="xs" c="dimmed">{each.description}</Text>}</div>)}</Stack>
        </Section>
      )}
      <Section title={`Skills (${card.skills?.length ?? 0})`}>
        <Group gap={6}>{(card.skills ?? []).map((each) => <Text key={each.id} size="sm" title={each.description}><AnchorLink to="/agents/skills/$name" params={{ name: each.id }}>{each.id}</AnchorLink></Text>)}</Group>
      </Section>
      <Section title="The card itself" actions={<Anchor size="xs" href={new URL(CARD_PATH, ROOT).href}>Open it</Anchor>}><JsonView value={card} label="Agent card" maxHeight={480} /></Section>
    </Stack>
  )
}

function Offered({ isOffered }: { isOffered: boolean | undefined }) {
  return isOffered ? <State state="offered" tone="good" /> : <State state="not offered" tone="off" />
}

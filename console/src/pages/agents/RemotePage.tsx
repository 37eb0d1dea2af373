import { Badge, Code, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CopyButton } from '../../components/CopyButton'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { AgentTabs } from './AgentTabs'
import { remoteAgentsQuery, type RemoteAgent } from './api'

export function RemotePage() {
  const agents = useQuery(remoteAgentsQuery)
  return (
    <Page title="Agents" about="Agents elsewhere that workflows can hand work to, and what their cards say now.">
      <AgentTabs />
      <QueryState query={agents} skeleton={4}>
        {(all) => (all.length === 0
          ? <Empty title="No remote agent is configured" command="HOWDAH_AGENT_REMOTE=name=https://host/path ./howdah up">Nodes of type agent in workflows name them.</Empty>
          : <SimpleGrid cols={{ base: 1, md: 2 }}>{all.map((agent) => <OneAgent key={agent.name} agent={agent} />)}</SimpleGrid>)}
      </QueryState>
    </Page>
  )
}

function OneAgent({ agent }: { agent: RemoteAgent }) {
  const { card } = agent
  return (
    <Paper withBorder p="md" radius="md" component="article" aria-label={agent.name}>
      <Stack gap="xs">
        <Group justify="space-between"><Text fw={650}>{agent.name}</Text><State state={agent.reachable ? 'answers' : 'does not answer'} tone={agent.reachable ? 'good' : 'bad'} /></Group>
        <Group gap={4} wrap="nowrap"><Code style={{ overflowWrap: 'anywhere' }}>{agent.address}</Code><CopyButton text={agent.address} label={`Copy the address of ${agent.name}`} /></Group>
        {agent.error && <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{agent.error}</Text>}
        {card && (
          <>
            <Text size="sm">{card.name} {card.version}: {card.description}</Text>
            <Group gap={6}>
              {card.bindings.map((binding) => <Badge tt="none" fw={600} key={binding} variant="default" size="sm">{binding}</Badge>)}
              {card.streaming && <Badge tt="none" fw={600} variant="default" size="sm">streams</Badge>}
              {card.push_notifications && <Badge tt="none" fw={600} variant="default" size="sm">push</Badge>}
              <State state={card.verified ? 'signature verified' : 'signature not checked'} tone={card.verified ? 'good' : 'off'} />
            </Group>
            <Stack gap={2}>{card.skills.map((skill) => <Text key={skill.id} size="xs"><Text span inherit fw={600}>{skill.name}</Text> <Text span inherit c="dimmed">{skill.description}</Text></Text>)}</Stack>
          </>
        )}
      </Stack>
    </Paper>
  )
}

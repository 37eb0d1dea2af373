import { Alert, Anchor, Button, Code, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconExternalLink, IconKey, IconKeyOff } from '@tabler/icons-react'
import { apiKey, ROOT, unauthorized } from '../../api/client'
import { Action } from '../../components/Action'
import { Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State, type Tone } from '../../components/State'
import { useConfiguration, useHealth, type Configuration, type Health } from './api'
import { SettingsArea } from './SettingsArea'

/** The server that answers: its version, its parts, and whom it knows. */
export function ServerPage() {
  const health = useHealth()
  const configuration = useConfiguration()
  return (
    <SettingsArea about="The server that answers here: its version, how its parts are, and who may call it.">
      <QueryState query={health}>{(data) => <Parts health={data} />}</QueryState>
      <Section title="API keys" about="Whom the server knows, by the name of each key. Keys themselves are never shown.">
        <QueryState query={configuration} skeleton={2}>{(data) => <Keys configuration={data} />}</QueryState>
      </Section>
      <Section title="For programs">
        <Paper withBorder p="md" radius="md">
          <Stack gap={6}>
            <Outside path="docs" label="API documentation" about="every route of REST, to be tried" />
            <Outside path="docs/openapi" label="OpenAPI document" about="from which clients are made" />
            <Outside path="metrics" label="Metrics" about="for Prometheus" />
            <Outside path="health" label="Health" about="as JSON" />
            <Outside path=".well-known/agent-card.json" label="Agent card" about="how other agents see this one, over A2A" />
          </Stack>
        </Paper>
      </Section>
    </SettingsArea>
  )
}

function Outside({ path, label, about }: { path: string; label: string; about: string }) {
  return <Text size="sm"><Anchor href={new URL(path, ROOT).href} target="_blank" rel="noreferrer" underline="always">{label} <IconExternalLink size={13} aria-label="opens in a new tab" /></Anchor> <Text span c="dimmed" inherit>{about}</Text></Text>
}

function Parts({ health }: { health: Health }) {
  const parts: [name: string, state: string, tone: Tone, about: string][] = [
    ['Database', health.database_connected ? 'connected' : 'down', health.database_connected ? 'good' : 'bad', `PostgreSQL ${health.database_version}${health.database_embedded ? ', embedded' : ''}`],
    ['Queue', health.queue_connected ? 'connected' : 'down', health.queue_connected ? 'good' : 'bad', `in ${health.queue === 'redis' ? 'Redis' : 'PostgreSQL'}`],
    ['Worker', health.worker.status, health.worker.status === 'ok' ? 'good' : health.worker.status === 'elsewhere' ? 'off' : 'warn', health.worker.status === 'elsewhere' ? 'tasks run in processes of their own' : `${health.worker.active} of ${health.worker.capacity} tasks at once`],
    ['Pool', health.pool.waiting ? 'waiting' : 'ok', health.pool.waiting ? 'warn' : 'good', `${health.pool.active} of ${health.pool.max} connections in use`],
    ['Replicas', health.replicas.configured === 0 ? 'none' : health.replicas.ready === health.replicas.configured ? 'ok' : 'degraded', health.replicas.configured === 0 ? 'off' : health.replicas.ready === health.replicas.configured ? 'good' : 'warn', health.replicas.configured === 0 ? 'all reads go to the primary' : `${health.replicas.ready} of ${health.replicas.configured} ready`],
    ['Vectors', health.vector_index, health.vector_index === 'unknown' ? 'warn' : 'good', health.pgvector_enabled ? 'pgvector is there' : 'pgvector is not needed, and not there'],
    ['Embedding model', health.embedding_model === 'none' ? 'none' : 'ok', health.embedding_model === 'none' ? 'off' : 'good', health.embedding_model === 'none' ? 'search goes by words' : health.embedding_model],
    ['Skills', 'ok', 'good', `${health.skills_registered} registered`],
  ]
  return (
    <Stack gap="md">
      {health.problems.length === 0
        ? <Alert color={health.status === 'ok' ? 'teal' : 'yellow'} icon={health.status === 'ok' ? <IconCircleCheck size={18} /> : <IconAlertTriangle size={18} />} title={health.status === 'ok' ? 'The server is well' : `The server is ${health.status}`}>Version {health.version}</Alert>
        : health.problems.map((each) => <Alert key={each.problem} color={health.status === 'down' ? 'red' : 'yellow'} icon={<IconAlertTriangle size={18} />} title={each.problem}><Text size="sm"><Text span fw={600} inherit>What to do: </Text>{each.remedy}</Text></Alert>)}
      <Section title="Parts" about={`Version ${health.version}`}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
          {parts.map(([name, state, tone, about]) => (
            <Paper key={name} withBorder p="sm" radius="md"><Stack gap={4}><Group justify="space-between" gap="xs"><Text size="sm" fw={600}>{name}</Text><State state={state} tone={tone} /></Group><Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{about}</Text></Stack></Paper>
          ))}
        </SimpleGrid>
      </Section>
    </Stack>
  )
}

function Keys({ configuration }: { configuration: Configuration }) {
  const { key_required: isRequired, key_owners: owners, caller } = configuration
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        {isRequired ? <Text size="sm">A key is needed. This page calls as <Code>{caller}</Code>.</Text>
          : <Text size="sm">No key is configured: only programs of this machine can call, by the name localhost. Before others can reach the server, set one: <Code>HOWDAH_API_KEY=$(openssl rand -hex 32) ./howdah up</Code></Text>}
        {owners.length > 0 && <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>{owners.map((each) => <Group key={each} gap="xs" component="li"><IconKey size={15} aria-hidden="true" /><Text size="sm" fw={550}>{each}</Text>{each === caller && isRequired && <State state="you" tone="good" />}</Group>)}</Stack>}
        <Group gap="xs">
          {apiKey.get()
            ? <Action label="Forget the key" size="xs" icon={<IconKeyOff size={16} />} about="Removes the API key from this tab. The server keeps it; nothing that runs is ended." undo="Enter the key again to go on." run={async () => apiKey.clear()} onDone={() => unauthorized.dispatchEvent(new Event('refused'))} />
            : isRequired ? null : <Button size="xs" variant="default" leftSection={<IconKey size={16} />} onClick={() => unauthorized.dispatchEvent(new Event('refused'))}>Enter a key</Button>}
        </Group>
      </Stack>
    </Paper>
  )
}

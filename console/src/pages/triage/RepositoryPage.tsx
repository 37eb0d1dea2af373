import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { ApiError } from '../../api/client'
import { AnchorLink } from '../../components/links'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { words } from '../../components/format'
import { relationshipsQuery } from './api'
import { DecisionList } from './DecisionList'
import { Picture } from './Picture'
import { edgesOf, repositoriesOf, type Edge } from './relationships'
import { RepositoryLink } from './RepositoryLink'

const route = getRouteApi('/triage/repositories/$owner/$name')

/** One repository: what it depends on, what depends on it, what changes meant. */
export function RepositoryPage() {
  const { owner, name } = route.useParams()
  const repository = `${owner}/${name}`
  const relationships = useQuery(relationshipsQuery)
  const edges = useMemo(() => (relationships.data ? edgesOf(relationships.data) : []), [relationships.data])
  const isKnown = useMemo(() => repositoriesOf(edges).includes(repository), [edges, repository])
  return (
    <Page title={repository} before={<Text size="sm"><AnchorLink to="/triage">Triage</AnchorLink></Text>}
      actions={<Button component={Link} to={`/triage/notify?repo=${encodeURIComponent(repository)}`} variant="default" leftSection={<IconBell size={15} />}>Notify of a change</Button>}>
      <QueryState query={relationships} skeleton={8}>
        {() => (isKnown ? <Known key={repository} repository={repository} edges={edges} /> : <Problem error={new ApiError(404, 'repository-unknown', `no relationship names ${repository}`, 'Import a relationships file that does, or choose another one under Triage.')} />)}
      </QueryState>
    </Page>
  )
}

function Known({ repository, edges }: { repository: string; edges: Edge[] }) {
  const below = edges.filter((each) => each.source === repository)
  const above = edges.filter((each) => each.target === repository)
  return (
    <Stack gap="lg">
      <Picture edges={edges} focus={repository} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title={`Depends on it (${below.length})`} about="A change here is triaged for each of these.">
          {below.length ? <Stack gap="xs">{below.map((each) => <Relationship key={each.key} edge={each} other={each.target} />)}</Stack> : <Text size="sm" c="dimmed">Nothing does.</Text>}
        </Section>
        <Section title={`It depends on (${above.length})`} about="A change of these is triaged for it.">
          {above.length ? <Stack gap="xs">{above.map((each) => <Relationship key={each.key} edge={each} other={each.source} />)}</Stack> : <Text size="sm" c="dimmed">On nothing.</Text>}
        </Section>
      </SimpleGrid>
      <Section title="Decisions" about="Of the newest decisions, those of its changes and for it."><DecisionList filter={{ repo: repository }} maxHeight="420px" /></Section>
    </Stack>
  )
}

function Relationship({ edge, other }: { edge: Edge; other: string }) {
  const { details } = edge
  const urgencies = Object.entries(details.urgency_mapping ?? {})
  return (
    <Paper withBorder p="sm" radius="md">
      <Group justify="space-between" gap="xs"><Text size="sm" fw={600}><RepositoryLink name={other} /></Text><Badge tt="none" fw={600} size="sm" variant="default">{edge.kind === 'consumer' ? 'consumer' : 'derivative'}</Badge></Group>
      {details.description && <Text size="sm" mt={4}>{details.description}</Text>}
      <Stack gap={4} mt={6}>
        <Line name="What matters" texts={details.change_triggers} />
        <Line name="Files that use it" texts={details.interface_files} mono />
        <Line name="Shared" texts={details.shared_concerns} />
        <Line name="Its own" texts={details.divergent_concerns} />
        {edge.kind === 'derivative' && <Fact name="Taken over">{words(details.sync_strategy ?? 'selective')}{details.bidirectional ? ', in both directions' : ''}</Fact>}
        {urgencies.length > 0 && <Fact name="Urgency"><Group gap={8}>{urgencies.map(([trigger, urgency]) => <Group key={trigger} gap={4}><Text span size="xs">{words(trigger)}</Text><State state={urgency} /></Group>)}</Group></Fact>}
      </Stack>
    </Paper>
  )
}

function Line({ name, texts, mono }: { name: string; texts: string[] | undefined; mono?: boolean }) {
  if (!texts?.length) return null
  return <Fact name={name}><Text span size="xs" ff={mono ? 'monospace' : undefined} style={{ overflowWrap: 'anywhere' }}>{texts.map((each) => (mono ? each : words(each))).join(', ')}</Text></Fact>
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <Group gap={8} align="baseline" wrap="nowrap"><Text size="xs" c="dimmed" w={104} style={{ flex: 'none' }}>{name}</Text><Text component="div" size="xs" style={{ minWidth: 0 }}>{children}</Text></Group>
}

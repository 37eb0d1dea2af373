import { Anchor, Badge, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { count, words } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { RepositoryLink } from './EntryPage'
import { NameSelect } from './NameSelect'
import type { KindPath, Listed, Relation, Repository } from './api'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/repositories/$owner/$name')
const TILES: { key: 'patterns' | 'decisions' | 'components' | 'lessons' | 'open_issues'; kind: KindPath; label: string }[] = [
  { key: 'patterns', kind: 'patterns', label: 'Patterns' }, { key: 'decisions', kind: 'decisions', label: 'Decisions' }, { key: 'components', kind: 'components', label: 'Components' },
  { key: 'lessons', kind: 'lessons', label: 'Lessons' }, { key: 'open_issues', kind: 'issues', label: 'Open issues' },
]

/** All that is known of one repository. */
export function RepositoryPage() {
  const { owner, name: last } = route.useParams()
  const name = `${owner}/${last}`
  const query = useQuery({
    queryKey: ['knowledge', 'repository', name],
    queryFn: async () => (await body(api.GET('/api/knowledge/repositories/{owner}/{name}', { params: { path: { owner, name: last } } }))) as unknown as Repository,
  })
  return (
    <Page title={name} about={query.data?.problem_domain} tabs={<KnowledgeTabs />} actions={<Relate name={name} />}>
      <QueryState query={query}>
        {(repository) => (
          <Stack gap="lg">
            <Group gap="md">
              {repository.primary_language && <Text size="sm">{repository.primary_language}</Text>}
              <Text size="sm" c="dimmed">looked at <Time at={repository.last_analyzed} none="never" />{repository.last_commit_sha && ` at commit ${repository.last_commit_sha.slice(0, 12)}`}</Text>
              {repository.keywords.map((keyword) => <Badge key={keyword} variant="light" color="gray" tt="none">{keyword}</Badge>)}
            </Group>
            <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} spacing="sm">
              {TILES.map((tile) => (
                <Tile key={tile.key} label={tile.label} value={count(repository[tile.key])} tone={tile.key === 'open_issues' && repository.open_issues > 0 ? 'warn' : undefined}
                  about={<Anchor component={Link} to="/knowledge/$kind" params={{ kind: tile.kind } as never} search={{ repository: name, ...(tile.kind === 'issues' ? { status: 'open' } : {}) } as never} size="xs">See them</Anchor>} />
              ))}
            </SimpleGrid>
            <Relations name={name} />
            {Object.keys(repository.details ?? {}).length > 0 && <Section title="Details" about="Deployment, testing, security and what else was found"><JsonView value={repository.details} label="details" /></Section>}
          </Stack>
        )}
      </QueryState>
    </Page>
  )
}

function Relations({ name }: { name: string }) {
  const sides = useQuery({
    queryKey: [['knowledge', 'triage'], 'relationships', name],
    queryFn: async () => {
      const [from, to] = await Promise.all([{ source: name }, { target: name }].map(async (query) => (await body(api.GET('/api/knowledge/relationships', { params: { query } }))) as unknown as Listed<Relation>))
      return { from: from!.items, to: to!.items }
    },
  })
  return (
    <Section title="Relationships">
      <QueryState query={sides} skeleton={2}>
        {({ from, to }) => (from.length + to.length === 0 ? <Text size="sm" c="dimmed">None is known.</Text> : (
          <Stack gap={6}>
            {from.map((edge) => <Group key={`${edge.target_repo} ${edge.relationship_type}`} gap={8}><RepositoryLink name={edge.target_repo} /><Text size="sm">depends on this one</Text><Text size="sm" c="dimmed">{words(edge.relationship_type)}{edge.description ? `: ${edge.description}` : ''}</Text></Group>)}
            {to.map((edge) => <Group key={`${edge.source_repo} ${edge.relationship_type}`} gap={8}><Text size="sm">depends on</Text><RepositoryLink name={edge.source_repo} /><Text size="sm" c="dimmed">{words(edge.relationship_type)}{edge.description ? `: ${edge.description}` : ''}</Text></Group>)}
          </Stack>
        ))}
      </QueryState>
    </Section>
  )
}

function Relate({ name }: { name: string }) {
  const [target, setTarget] = useState<string>()
  const [type, setType] = useState('api_consumer')
  const [description, setDescription] = useState('')
  return (
    <Action label="Add a dependent" icon={<IconLink size={16} />} confirmLabel="Add" about={`Says that another repository depends on ${name}. Triage asks for its changes then.`} undo="The console cannot remove it; a relationship that would make a circle is refused."
      run={() => body(api.POST('/api/knowledge/relationships', { body: { source_repo: name, target_repo: target, relationship_type: type, description: description || undefined } as never }))} done={() => `${target} depends on ${name}`}>
      <Stack gap="sm">
        <NameSelect of="repositories" label="Repository" required value={target} onChange={(next) => setTarget(next ?? undefined)} />
        <Select label="How" allowDeselect={false} data={[{ value: 'api_consumer', label: 'It calls its API' }, { value: 'template_fork', label: 'It was made from it as a template' }]} value={type} onChange={(next) => setType(next ?? 'api_consumer')} />
        <TextInput label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      </Stack>
    </Action>
  )
}

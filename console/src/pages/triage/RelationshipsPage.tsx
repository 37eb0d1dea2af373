import { Group, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { AnchorLink } from '../../components/links'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { relationshipsQuery } from './api'
import { ExportRelationships } from './ExportRelationships'
import { ImportRelationships } from './ImportRelationships'
import { Picture } from './Picture'
import { edgesOf, repositoriesOf, type RelationshipDocument } from './relationships'
import { RelationshipTable } from './RelationshipTable'
import { TriageTabs } from './TriageTabs'

const route = getRouteApi('/triage')

export function RelationshipsPage() {
  const relationships = useQuery(relationshipsQuery)
  return (
    <Page title="Triage" about="Which repositories depend on which, and what changes mean for them."
      actions={<>{relationships.data && <ExportRelationships document={relationships.data} />}<ImportRelationships /></>}>
      <TriageTabs />
      <QueryState query={relationships} skeleton={8}>{(document) => <Relationships document={document} />}</QueryState>
    </Page>
  )
}

function Relationships({ document }: { document: RelationshipDocument }) {
  const { repo } = route.useSearch()
  const navigate = route.useNavigate()
  const edges = useMemo(() => edgesOf(document), [document])
  const names = useMemo(() => repositoriesOf(edges), [edges])
  const shown = useMemo(() => (repo ? edges.filter((each) => each.source === repo || each.target === repo) : edges), [edges, repo])
  if (edges.length === 0) return <Empty title="No relationships yet" command="howdah relationships import examples/relationships.json">Import a file that says which repositories depend on which; then <AnchorLink to="/triage/notify">notify</AnchorLink> of a change.</Empty>
  return (
    <>
      <Group gap="sm">
        <Select aria-label="Repository" placeholder="All repositories" clearable searchable size="xs" w={280} data={names} value={repo ?? null} onChange={(next) => void navigate({ search: { repo: next ?? undefined }, replace: true })} limit={200} />
        <Text size="sm" c="dimmed">{names.length} repositories, {edges.length} relationships</Text>
      </Group>
      <Picture edges={edges} focus={repo && names.includes(repo) ? repo : undefined} />
      <Section title={repo ? `Relationships of ${repo}` : 'All relationships'}><RelationshipTable edges={shown} empty={<Empty title={`Nothing names ${repo}`}>Choose another repository.</Empty>} /></Section>
    </>
  )
}

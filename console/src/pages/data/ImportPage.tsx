import { Alert, Badge, Code, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { count } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { ImportState } from './ImportsPage'
import type { DataImport } from './api'
import { DataTabs } from './tabs'

const route = getRouteApi('/data/imports/$id')

/** One import: what it found and did, and whether both sides are the same. */
export function ImportPage() {
  const { id } = route.useParams()
  const query = useQuery({ queryKey: ['imports', id], queryFn: async () => (await body(api.GET('/api/imports/{id}', { params: { path: { id } } }))) as unknown as DataImport })
  return (
    <Page title={query.data ? `Import to ${query.data.target}` : 'Import'} about={query.data && `${query.data.kind} from ${query.data.source}`} tabs={<DataTabs />}>
      <QueryState query={query}>{(found) => <Content found={found} />}</QueryState>
    </Page>
  )
}

function Content({ found }: { found: DataImport }) {
  const { report } = found
  return (
    <Stack gap="lg">
      <Group gap="md">
        <ImportState of={found} />
        <Text size="sm" c="dimmed">started <Time at={found.started_at} />, {found.ended_at ? <>ended <Time at={found.ended_at} /></> : <>last heard of <Time at={found.updated_at} /></>}</Text>
        {found.part && <Text size="sm">reads {found.part} now</Text>}
      </Group>
      {found.error && <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={found.error}>It goes on where it was when the same command is run again.</Alert>}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
        <Tile label="Read" value={count(report.read)} />
        <Tile label="Written" value={count(report.written)} />
        <Tile label="Skipped" value={count(report.skipped)} about="their key was taken" />
        <Tile label="Rejected" value={count(report.rejected)} about="stand in the quarantine file" tone={report.rejected > 0 ? 'bad' : undefined} />
        <Tile label="Vanished" value={count(report.vanished)} about="gone when they were read" />
        <Tile label="Expired" value={count(report.expired)} about="their time was over" />
      </SimpleGrid>
      <Section title="Comparison of both sides">
        {report.checks.length === 0 ? <Text size="sm" c="dimmed">Both sides are compared at the end.</Text> : (
          <Table.ScrollContainer minWidth={480}>
            <Table verticalSpacing={4} aria-label="Comparison">
              <Table.Thead><Table.Tr><Table.Th>Target</Table.Th><Table.Th ta="right">At the source</Table.Th><Table.Th ta="right">Here</Table.Th><Table.Th>Checksums</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {report.checks.map((check) => {
                  const isEqual = check.source_count === check.target_count && check.source_checksum === check.target_checksum && check.examples.length === 0
                  return (
                    <Table.Tr key={check.target}>
                      <Table.Td>{check.target}</Table.Td><Table.Td ta="right">{count(check.source_count)}</Table.Td><Table.Td ta="right">{count(check.target_count)}</Table.Td>
                      <Table.Td>{isEqual ? <Group gap={4} wrap="nowrap"><IconCircleCheck size={16} aria-hidden="true" /><Text size="sm">the same</Text></Group> : <Text size="sm">{check.source_checksum} / {check.target_checksum}; differ: {check.examples.join(', ')}</Text>}</Table.Td>
                    </Table.Tr>
                  )
                })}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Section>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="Types"><Group gap="xs">{Object.entries(report.types).map(([type, number]) => <Badge key={type} variant="light" color="gray" tt="none">{type} {count(number)}</Badge>)}{Object.keys(report.types).length === 0 && <Text size="sm" c="dimmed">Nothing was read yet.</Text>}</Group></Section>
        <Found title="Cannot be imported" found={report.unsupported} />
        <Found title="Notes" found={report.notes} />
        {report.indexes.length > 0 && (
          <Section title="Indexes"><Stack gap={4}>{report.indexes.map((index) => <Text key={`${index.collection} ${index.name}`} size="sm" style={{ overflowWrap: 'anywhere' }}>{index.collection}: <Code>{index.keys}</Code> {index.outcome}</Text>)}</Stack></Section>
        )}
      </SimpleGrid>
    </Stack>
  )
}

function Found({ title, found }: { title: string; found: DataImport['report']['notes'] }) {
  if (Object.keys(found).length === 0) return null
  return <Section title={title}><Stack gap={4}>{Object.entries(found).map(([what, each]) => <Text key={what} size="sm" style={{ overflowWrap: 'anywhere' }}>{what}: {count(each.count)}{each.samples.length > 0 && ` (such as ${each.samples.join(', ')})`}</Text>)}</Stack></Section>
}

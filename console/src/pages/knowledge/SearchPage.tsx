import { Alert, Anchor, Badge, Box, Button, Code, Group, Paper, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, body } from '../../api/client'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Highlighted } from './Highlighted'
import { NameSelect } from './NameSelect'
import { Rankers } from './Rankers'
import { entryOf, type Hit, type SearchAnswer } from './api'
import { KINDS, KIND_PATHS } from './kinds'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge')
const HITS = 20
const MODES = [{ value: '', label: 'Best available' }, { value: 'text', label: 'Words' }, { value: 'semantic', label: 'Meaning' }, { value: 'hybrid', label: 'Both' }]
const USED: Record<string, string> = { text: 'words', semantic: 'meaning', hybrid: 'words and meaning' }
const EXAMPLES = ['what stops calls to a failing service?', '"time limit" -test', 'severity:critical', 'kind:decision postgresql']

/** Asks everything that is known; each hit says why it is there. */
export function SearchPage() {
  const asked = route.useSearch()
  const navigate = route.useNavigate()
  const [q, setQ] = useState(asked.q ?? '')
  useEffect(() => setQ(asked.q ?? ''), [asked.q])
  const change = (search: Partial<typeof asked>) => void navigate({ search: { ...asked, ...search } })
  const query = useQuery({
    queryKey: ['knowledge', 'search', asked],
    enabled: !!asked.q,
    queryFn: async ({ signal }) => (await body(api.GET('/api/knowledge/search', { params: { query: { q: asked.q!, mode: asked.mode, kind: asked.kind, repository: asked.repository, limit: HITS } }, signal }))) as unknown as SearchAnswer,
  })
  return (
    <Page title="Knowledge" about="What is known about repositories: asked by words, by meaning, or both" tabs={<KnowledgeTabs />}>
      <Stack gap="xs" component="form" role="search" aria-label="Knowledge" onSubmit={(event: React.FormEvent) => {
        event.preventDefault()
        change({ q: q.trim() || undefined })
      }}>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput style={{ flex: 1 }} aria-label="Question or words" placeholder="A question in plain words, or words" value={q} leftSection={<IconSearch size={16} />} onChange={(event) => setQ(event.currentTarget.value)} />
          <Button type="submit">Search</Button>
        </Group>
        <Group gap="xs" align="flex-end">
          <SegmentedControl size="xs" aria-label="How it is searched" data={MODES} value={asked.mode ?? ''} onChange={(mode) => change({ mode: mode || undefined })} />
          <Select size="xs" aria-label="Kind" placeholder="Any kind" clearable clearButtonProps={{ 'aria-label': 'Clear' }} w={150} data={KIND_PATHS.map((kind) => ({ value: KINDS[kind].one, label: KINDS[kind].many }))} value={asked.kind ?? null} onChange={(kind) => change({ kind: kind ?? undefined })} />
          <NameSelect size="xs" of="repositories" aria-label="Repository" placeholder="Any repository" w={220} value={asked.repository} onChange={(repository) => change({ repository: repository ?? undefined })} />
        </Group>
      </Stack>
      {asked.q ? (
        <QueryState query={query}>
          {(answer) => (
            <Stack gap="sm">
              <Text size="sm" c="dimmed" role="status">
                {answer.hits.length === 0 ? 'Nothing found' : answer.hits.length === HITS ? `The best ${HITS}` : `${answer.hits.length} found`}, by {USED[answer.mode] ?? answer.mode}
              </Text>
              {answer.notes.map((note) => <Alert key={note} color="blue" variant="light" p="xs" icon={<IconInfoCircle size={16} />}>{note}</Alert>)}
              {answer.hits.length === 0 && <Empty title="Nothing that is known answers this">Fewer words find more; words in quotes must stand side by side, and a word behind a minus must be absent.</Empty>}
              <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Hits">
                {answer.hits.map((hit) => <HitCard key={hit.key} hit={hit} best={answer.hits[0]!.score} />)}
              </Stack>
            </Stack>
          )}
        </QueryState>
      ) : (
        <Begin onAsk={(example) => change({ q: example })} />
      )}
    </Page>
  )
}

function HitCard({ hit, best }: { hit: Hit; best: number }) {
  const { kind, id } = entryOf(hit.key)
  const repository = typeof hit.metadata.repository === 'string' ? hit.metadata.repository : ''
  const more = Object.entries(hit.metadata).filter(([name, value]) => !['kind', 'repository'].includes(name) && value !== '' && value !== null)
  return (
    <Paper component="li" withBorder p="sm" radius="md">
      <Stack gap={6}>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <Box style={{ flex: 1, minWidth: 0 }}>
            <Anchor component={Link} to="/knowledge/$kind/$id" params={{ kind, id } as never} fw={600} style={{ overflowWrap: 'anywhere' }}><Highlighted text={hit.highlight.title || hit.title} /></Anchor>
            <Group gap={8} mt={2}>
              <Text size="xs" c="dimmed">{KINDS[kind]?.one ?? kind} in {repository}</Text>
              {more.map(([name, value]) => <Text key={name} size="xs" c="dimmed">{name}: {String(value)}</Text>)}
            </Group>
          </Box>
        </Group>
        {hit.highlight.snippet && <Text size="sm" style={{ overflowWrap: 'anywhere' }}><Highlighted text={hit.highlight.snippet} /></Text>}
        <Rankers hit={hit} best={best} />
      </Stack>
    </Paper>
  )
}

function Begin({ onAsk }: { onAsk: (q: string) => void }) {
  return (
    <Stack gap="md">
      <Box>
        <Text size="sm" fw={600} mb={6}>Try</Text>
        <Group gap="xs">{EXAMPLES.map((example) => <Button key={example} size="compact-sm" variant="default" fw={400} onClick={() => onAsk(example)}>{example}</Button>)}</Group>
      </Box>
      <Text size="sm" c="dimmed">
        <Code>"a phrase"</Code> stands side by side, <Code>-word</Code> is absent, <Code>+word</Code> must be there, <Code>field:value</Code> narrows by kind, repository, category, severity or language. Nothing is a syntax error.
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
        {KIND_PATHS.map((kind) => (
          <Paper key={kind} withBorder p="sm" radius="md">
            <Anchor component={Link} to="/knowledge/$kind" params={{ kind } as never} fw={600}>All {KINDS[kind].many}</Anchor>
            <Text size="xs" c="dimmed">{KINDS[kind].about}</Text>
          </Paper>
        ))}
        <Paper withBorder p="sm" radius="md">
          <Group gap={6}><Anchor component={Link} to="/knowledge/ingestion" fw={600}>Add knowledge</Anchor><Badge size="xs" variant="light" color="gray" tt="none">scan or import</Badge></Group>
          <Text size="xs" c="dimmed">Scan a repository, or import a knowledge base</Text>
        </Paper>
      </SimpleGrid>
    </Stack>
  )
}

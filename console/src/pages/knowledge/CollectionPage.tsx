import { Alert, Button, Group, Modal, Paper, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, ApiError, body } from '../../api/client'
import { parse, stringify, type Json } from '../../api/json'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading, QueryState } from '../../components/QueryState'
import { JsonField } from '../../components/SchemaForm'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { Highlighted } from './Highlighted'
import { Rankers } from './Rankers'
import type { CollectionEntry, Listed, SearchAnswer, SearchCollection } from './api'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/collections/$name')
const PAGE = 100
/** Follows what is known about repositories; written through its own pages. */
const KNOWLEDGE = 'knowledge'

const COLUMNS: Column<CollectionEntry>[] = [
  { key: 'key', header: 'Key', width: 'minmax(90px, 1fr)', cell: (entry) => <Text size="sm" ff="monospace" truncate="end">{entry.key}</Text> },
  { key: 'text', header: 'Text', width: 'minmax(0, 3fr)', cell: (entry) => <Text size="sm" truncate="end">{[entry.title, entry.text].filter(Boolean).join(': ')}</Text> },
  { key: 'metadata', header: 'Metadata', width: 'minmax(0, 2fr)', from: 640, cell: (entry) => <Text size="sm" c="dimmed" truncate="end">{stringify(entry.metadata, 0)}</Text> },
  { key: 'at', header: 'Written', width: '110px', align: 'right', from: 520, cell: (entry) => <Time at={entry.updated_at} /> },
]

/** One collection: asked, looked through, filled and emptied. */
export function CollectionPage() {
  const { name } = route.useParams()
  const query = useQuery({ queryKey: ['knowledge', 'collection', name], queryFn: async () => (await body(api.GET('/api/search/collections/{name}', { params: { path: { name } } }))) as unknown as SearchCollection })
  return (
    <Page title={name} about="A collection of texts that is searched" tabs={<KnowledgeTabs />} actions={query.data && name !== KNOWLEDGE && <Actions name={name} collection={query.data} />}>
      <QueryState query={query}>
        {(collection) => (
          <Stack gap="lg">
            <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
              <Tile label="Entries" value={count(collection.entries)} />
              <Tile label="With vectors" value={count(collection.embedded)} about={collection.vectors ? `${collection.vectors.dimension} dimensions, ${collection.vectors.metric}` : 'searched by words only'} />
              <Tile label="Index" value={collection.index ? collection.index.kind : 'none'} about={collection.index && (collection.index.ready ? `ready, ${bytes(collection.index.bytes)}` : `${Math.round(collection.index.progress * 100)} % built`)} />
              <Tile label="Fields for filters" value={count(Object.keys(collection.fields).length)} about={Object.entries(collection.fields).map(([field, type]) => `${field}: ${type}`).join(', ') || 'none declared'} />
            </SimpleGrid>
            {collection.index?.warnings.map((warning) => <Alert key={warning} color="yellow" variant="light" p="xs" icon={<IconInfoCircle size={16} />}>{warning}</Alert>)}
            <Ask name={name} />
            <Entries name={name} />
          </Stack>
        )}
      </QueryState>
    </Page>
  )
}

function Ask({ name }: { name: string }) {
  const asked = route.useSearch()
  const navigate = route.useNavigate()
  const [q, setQ] = useState(asked.q ?? '')
  const [filter, setFilter] = useState(asked.filter ?? '')
  useEffect(() => setQ(asked.q ?? ''), [asked.q])
  const query = useQuery({
    queryKey: ['knowledge', 'collection-search', name, asked],
    enabled: !!asked.q,
    retry: false,
    queryFn: async () => {
      let parsed: Json | undefined
      try {
        parsed = asked.filter ? parse(asked.filter) : undefined
      } catch (error) {
        throw new ApiError(400, 'filter-invalid', `the filter is no JSON: ${(error as Error).message}`, 'give {"field": value, …}')
      }
      return (await body(api.POST('/api/search/collections/{name}/search', { params: { path: { name } }, body: { q: asked.q, mode: asked.mode, filter: parsed } as never }))) as unknown as SearchAnswer
    },
  })
  return (
    <Section title="Search">
      <Group component="form" gap="xs" align="flex-end" {...{ role: 'search', 'aria-label': `Collection ${name}` }} onSubmit={(event: React.FormEvent) => {
        event.preventDefault()
        void navigate({ search: { ...asked, q: q.trim() || undefined, filter: filter.trim() || undefined } } as never)
      }}>
        <TextInput size="sm" style={{ flex: '2 1 200px' }} label="Question or words" value={q} leftSection={<IconSearch size={16} />} onChange={(event) => setQ(event.currentTarget.value)} />
        <TextInput size="sm" style={{ flex: '1 1 160px' }} label="Filter" placeholder='{"year": {"$gte": 2020}}' value={filter} onChange={(event) => setFilter(event.currentTarget.value)} />
        <SegmentedControl size="sm" aria-label="How it is searched" data={[{ value: '', label: 'Best' }, { value: 'text', label: 'Words' }, { value: 'semantic', label: 'Meaning' }, { value: 'hybrid', label: 'Both' }]} value={asked.mode ?? ''} onChange={(mode) => void navigate({ search: { ...asked, mode: mode || undefined } } as never)} />
        <Button type="submit">Search</Button>
      </Group>
      {asked.q && (
        <QueryState query={query} skeleton={3}>
          {(answer) => (
            <Stack gap="xs">
              {answer.notes.map((note) => <Alert key={note} color="blue" variant="light" p="xs" icon={<IconInfoCircle size={16} />}>{note}</Alert>)}
              {answer.hits.length === 0 && <Text size="sm">Nothing in it answers this.</Text>}
              {answer.hits.map((hit) => (
                <Paper key={hit.key} withBorder p="sm" radius="md">
                  <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}><Highlighted text={hit.highlight.title || hit.key} /></Text>
                  {hit.highlight.snippet && <Text size="sm" style={{ overflowWrap: 'anywhere' }}><Highlighted text={hit.highlight.snippet} /></Text>}
                  {Object.keys(hit.metadata).length > 0 && <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{stringify(hit.metadata, 0)}</Text>}
                  <Rankers hit={hit} best={answer.hits[0]!.score} />
                </Paper>
              ))}
            </Stack>
          )}
        </QueryState>
      )}
    </Section>
  )
}

function Entries({ name }: { name: string }) {
  const [open, setOpen] = useState<CollectionEntry>()
  const [selected, setSelected] = useState<Set<string>>(new Set())
  const query = useInfiniteQuery({
    queryKey: ['knowledge', 'collection-entries', name],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await body(api.GET('/api/search/collections/{name}/entries', { params: { path: { name }, query: { cursor: pageParam as never, limit: PAGE } }, signal }))) as unknown as Listed<CollectionEntry>,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  const isOwn = name !== KNOWLEDGE
  return (
    <Section title="Entries" actions={isOwn && selected.size > 0 && (
      <Action label={`Delete ${selected.size}`} size="xs" isDangerous icon={<IconTrash size={14} />} about={`Deletes ${selected.size} marked entries of ${name}.`} undo="This cannot be undone." run={async () => (await body(api.POST('/api/search/collections/{name}/entries/delete', { params: { path: { name } }, body: { keys: [...selected] } as never }))) as unknown as { removed: number }}
        done={(answer) => `${answer.removed} deleted`} onDone={() => setSelected(new Set())} />
    )}>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <DataTable label="Entries" columns={COLUMNS} rows={rows} rowKey={(entry) => entry.key} onOpen={setOpen} selected={isOwn ? selected : undefined} onSelect={isOwn ? setSelected : undefined} maxHeight="420px"
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage} empty={<Empty title="It is empty">Add entries with the button above.</Empty>} />
      )}
      <Modal opened={!!open} onClose={() => setOpen(undefined)} title={open?.key} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {open && <Stack gap="sm"><Text fw={600}>{open.title}</Text><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{open.text}</Text><JsonView value={open.metadata} label="metadata" /></Stack>}
      </Modal>
    </Section>
  )
}

function Actions({ name, collection }: { name: string; collection: SearchCollection }) {
  const navigate = route.useNavigate()
  const [key, setKey] = useState('')
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [metadata, setMetadata] = useState<Json>()
  const [embedding, setEmbedding] = useState<Json>()
  return (
    <>
      <Action label="Add an entry" icon={<IconPlus size={16} />} variant="filled" confirmLabel="Add" about="An entry with the same key is replaced." undo="It can be deleted; what it replaced cannot be brought back."
        run={() => body(api.POST('/api/search/collections/{name}/entries', { params: { path: { name } }, body: { entries: [{ key, title, text, metadata: metadata ?? {}, embedding }] } as never }))} done={() => `${key} is there`}>
        <Stack gap="sm">
          <TextInput label="Key" required value={key} onChange={(event) => setKey(event.currentTarget.value)} />
          <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
          <TextInput label="Text" value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <JsonField name="metadata" label="Metadata" value={metadata} onChange={setMetadata} />
          {collection.vectors && !collection.vectors.model && <JsonField name="embedding" label="Vector" description={`${collection.vectors.dimension} numbers`} value={embedding} onChange={setEmbedding} />}
        </Stack>
      </Action>
      <Action label="Delete" isDangerous icon={<IconTrash size={16} />} about={`Deletes the collection ${name} with its ${count(collection.entries)} entries.`} undo="This cannot be undone."
        run={() => body(api.DELETE('/api/search/collections/{name}', { params: { path: { name } } }))} done={() => `${name} is deleted`} onDone={() => void navigate({ to: '/knowledge/collections' } as never)} />
    </>
  )
}

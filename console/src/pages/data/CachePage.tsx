import { Anchor, Badge, Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconEraser, IconPlus, IconRefresh, IconSearch, IconTags, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, percent } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading, QueryState } from '../../components/QueryState'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import { CacheEntryDrawer } from './CacheEntryDrawer'
import { SetEntry } from './SetEntry'
import type { Cache, CacheEntry, CacheStatistics, Listed } from './api'
import { DataTabs } from './tabs'
import { ttlText } from './words'

const route = getRouteApi('/data/caches/$name')
const PAGE = 200

/** One cache: how well it serves, what is read most, and every entry. */
export function CachePage() {
  const { name } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery({ queryKey: ['caches', name], queryFn: async () => (await body(api.GET('/api/caches/{name}', { params: { path: { name } } }))) as unknown as Cache })
  const openEntry = (entry?: string) => void navigate({ search: { ...search, entry } })
  return (
    <Page title={name} tabs={<DataTabs />} actions={query.data && <Actions name={name} cache={query.data} />}
      about={query.data && `Cache, ${query.data.durability}, ${query.data.default_ttl_ms === null ? 'entries stay' : `entries live ${ttlText(query.data.default_ttl_ms)}`}, ${query.data.eviction === 'none' ? 'refuses new keys when full' : `evicts by ${query.data.eviction}`}${query.data.near ? ', with near copies' : ''}`}>
      <QueryState query={query}>
        {(cache) => (
          <Stack gap="lg">
            <Statistics cache={cache} onOpen={(entry) => openEntry(entry.key_base64)} />
            <Browse name={name} pattern={search.pattern} onPattern={(pattern) => void navigate({ search: { ...search, pattern }, replace: true })} onOpen={(entry) => openEntry(entry.key_base64)} current={search.entry} />
          </Stack>
        )}
      </QueryState>
      {search.entry && <CacheEntryDrawer name={name} keyBase64={search.entry} onClose={() => openEntry(undefined)} />}
    </Page>
  )
}

/** Counting looks through the whole cache, so it is not done anew with every change. */
function Statistics({ cache, onOpen }: { cache: Cache; onOpen: (entry: CacheEntry) => void }) {
  const query = useQuery({
    queryKey: ['cache-statistics', cache.name],
    queryFn: async () => {
      const params = { params: { path: { name: cache.name } } }
      const [statistics, hot] = await Promise.all([body(api.GET('/api/caches/{name}/statistics', params)), body(api.GET('/api/caches/{name}/hot-keys', params))])
      return { statistics: statistics as unknown as CacheStatistics, hot: (hot as unknown as Listed<CacheEntry>).items.filter((entry) => entry.access_count > 0), at: Date.now() }
    },
    staleTime: 60_000,
  })
  return (
    <QueryState query={query} skeleton={3}>
      {({ statistics, hot, at }) => {
        const reads = statistics.hits + statistics.misses
        return (
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
              <Tile label="Hit rate" value={reads === 0 ? '–' : percent(statistics.hit_rate, 1)} about={reads === 0 ? 'nobody has read yet' : `${count(statistics.hits)} of ${count(reads)} reads`} tone={reads < 100 ? undefined : statistics.hit_rate >= 0.8 ? 'good' : statistics.hit_rate < 0.3 ? 'warn' : undefined} />
              <Tile label="Entries" value={count(statistics.active_keys)} about={statistics.expired_keys > 0 ? `and ${count(statistics.expired_keys)} expired, to be removed` : cache.entries_max ? `of at most ${count(cache.entries_max)}` : 'without a bound'} />
              <Tile label="Size" value={bytes(statistics.bytes)} about={cache.bytes_max ? `of at most ${bytes(cache.bytes_max)}` : 'of values and keys'} />
              <Tile label="Writes" value={count(statistics.sets)} about={`${count(statistics.deletes)} deletions`} />
              <Tile label="Evicted" value={count(statistics.evictions)} about={`${count(statistics.expirations)} expired`} tone={statistics.evictions > 0 ? 'warn' : undefined} />
              <Tile label="From near copies" value={count(statistics.near_hits)} about={`${count(statistics.loads)} loads`} />
            </SimpleGrid>
            <Group gap="xs"><Text size="xs" c="dimmed">Counted <Time at={at} /></Text><Button size="compact-xs" variant="subtle" leftSection={<IconRefresh size={12} />} loading={query.isFetching} onClick={() => void query.refetch()}>Count again</Button></Group>
            {hot.length > 0 && (
              <Section title="Read most">
                <Group gap="xs">
                  {hot.map((entry) => <Anchor key={entry.key_base64} component="button" size="sm" ff="monospace" onClick={() => onOpen(entry)}>{entry.key ?? entry.key_base64} <Text span size="xs" c="dimmed" ff="text">{count(entry.access_count)}×</Text></Anchor>)}
                </Group>
              </Section>
            )}
          </Stack>
        )
      }}
    </QueryState>
  )
}

const COLUMNS: Column<CacheEntry>[] = [
  { key: 'key', header: 'Key', width: 'minmax(110px, 3fr)', cell: (entry) => <Text size="sm" ff="monospace" truncate="end" title={entry.key ?? 'no text; in Base64'}>{entry.key ?? entry.key_base64}</Text> },
  { key: 'kind', header: 'Kind', width: '70px', from: 420, cell: (entry) => entry.kind },
  { key: 'bytes', header: 'Size', width: '80px', align: 'right', from: 520, cell: (entry) => bytes(entry.bytes) },
  { key: 'ttl', header: 'Still lives', width: '110px', align: 'right', cell: (entry) => ttlText(entry.ttl_ms) },
  { key: 'reads', header: 'Reads', width: '70px', align: 'right', from: 620, cell: (entry) => count(entry.access_count) },
  { key: 'tags', header: 'Tags', width: 'minmax(0, 1.5fr)', from: 760, cell: (entry) => <Text size="sm" truncate="end" c="dimmed">{entry.tags.join(', ')}</Text> },
  { key: 'written', header: 'Written', width: '110px', align: 'right', from: 700, cell: (entry) => <Time at={entry.written_at} /> },
]

function Browse({ name, pattern, onPattern, onOpen, current }: { name: string; pattern?: string; onPattern: (pattern?: string) => void; onOpen: (entry: CacheEntry) => void; current?: string }) {
  const [typed, setTyped] = useState(pattern ?? '')
  useEffect(() => setTyped(pattern ?? ''), [pattern])
  const [selected, setSelected] = useState<Set<string>>(new Set())
  const query = useInfiniteQuery({
    queryKey: ['caches', name, 'keys', pattern],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await body(api.GET('/api/caches/{name}/keys', { params: { path: { name }, query: { pattern: pattern ?? '*', cursor: pageParam, limit: PAGE } }, signal }))) as unknown as Listed<CacheEntry>,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  // Deleting several goes by text; keys that are no text are deleted one by one.
  const keys = (rows ?? []).filter((entry) => selected.has(entry.key_base64) && entry.key !== null).map((entry) => entry.key!)
  return (
    <Section title="Entries" about="In the order of their keys" actions={(
      <Group gap="xs">
        {keys.length > 0 && (
          <Action label={`Delete ${keys.length}`} size="xs" isDangerous icon={<IconTrash size={14} />} about={`Deletes ${keys.length} marked entries of ${name}.`} undo="This cannot be undone; whoever fills the cache loads them anew."
            run={async () => (await body(api.POST('/api/caches/{name}/delete', { params: { path: { name } }, body: { keys } as never }))) as unknown as { deleted: number }} done={(answer) => `${answer.deleted} deleted`} onDone={() => setSelected(new Set())} />
        )}
        <form onSubmit={(event) => {
          event.preventDefault()
          const text = typed.trim()
          onPattern(text && !/[*?]/.test(text) ? `${text}*` : text || undefined)
        }}>
          <TextInput size="xs" w={220} aria-label="Keys that begin with, or a pattern" placeholder="user:* or a beginning" leftSection={<IconSearch size={14} />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        </form>
      </Group>
    )}>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <DataTable label="Entries" columns={COLUMNS} rows={rows} rowKey={(entry) => entry.key_base64} rowHeight={34} onOpen={onOpen} current={current} selected={selected} onSelect={setSelected} maxHeight="560px"
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage}
          empty={pattern ? <Empty title={`No key is like ${pattern}`}>A star stands for any characters, a question mark for one.</Empty> : <Empty title="The cache is empty" command={`howdah cache set ${name} apple 1.20 --ttl 5m`} />} />
      )}
    </Section>
  )
}

function Actions({ name, cache }: { name: string; cache: Cache }) {
  const navigate = route.useNavigate()
  const [tags, setTags] = useState<string[]>([])
  return (
    <>
      <SetEntry name={name} label="Set an entry" icon={<IconPlus size={16} />} />
      <Action label="Invalidate tags" icon={<IconTags size={16} />} confirmLabel="Invalidate" about="Deletes all entries that have one of the tags." undo="This cannot be undone; whoever fills the cache loads them anew."
        run={async () => (await body(api.POST('/api/caches/{name}/invalidate', { params: { path: { name } }, body: { tags } as never }))) as unknown as { invalidated: number }} done={(answer) => `${count(answer.invalidated)} entries invalidated`} onDone={() => setTags([])}>
        <TagsInput label="Tags" placeholder="Enter after each" value={tags} onChange={setTags} />
      </Action>
      <Action label="Clear" isDangerous icon={<IconEraser size={16} />} about={<>Deletes everything in <Badge variant="light" color="gray" tt="none">{name}</Badge>: about {count(cache.entries)} entries, {bytes(cache.bytes)}. What is stored meanwhile may stay.</>} undo="This cannot be undone; until the cache is warm again, its users ask what lies behind it."
        run={async () => (await body(api.POST('/api/caches/{name}/clear', { params: { path: { name } } }))) as unknown as { cleared: number }} done={(answer) => `${count(answer.cleared)} entries deleted`} />
      <Action label="Drop" isDangerous icon={<IconTrash size={16} />} about={`Drops the cache ${name} with its rules and about ${count(cache.entries)} entries. Whoever uses it gets an error.`} undo="This cannot be undone; it can be created again, empty."
        run={() => body(api.DELETE('/api/caches/{name}', { params: { path: { name } } }))} done={() => `${name} is dropped`} onDone={() => void navigate({ to: '/data/caches' } as never)} />
    </>
  )
}

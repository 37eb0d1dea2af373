import { Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { bytes, count, counted } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Tile } from '../../components/Tile'
import { Time } from '../../components/Time'
import type { Listed, Session } from './api'
import { caches, collections, imports } from './queries'
import { DataTabs } from './tabs'
import { progress } from './words'

const SHOWN = 8
const SESSIONS_PAGE = 100

/** What is kept beside tasks and knowledge, at a glance; nothing is counted for it. */
export function DataPage() {
  const allCaches = useQuery(caches)
  const allCollections = useQuery(collections)
  const allImports = useQuery(imports)
  const sessions = useQuery({ queryKey: ['sessions', 'newest'], queryFn: async () => (await body(api.GET('/api/sessions', { params: { query: { limit: SESSIONS_PAGE } } }))) as unknown as Listed<Session> })
  const sum = <T,>(items: T[] | undefined, of: (item: T) => number) => items?.reduce((total, item) => total + of(item), 0)
  return (
    <Page title="Data" about="Caches, sessions and documents, and what was imported into them. Numbers are estimates of the last measurement" tabs={<DataTabs />}>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Tile label="Caches" value={count(allCaches.data?.length)} about={`${counted(sum(allCaches.data, (cache) => cache.entries), 'entry', 'entries')}, ${bytes(sum(allCaches.data, (cache) => cache.bytes))}`} />
        <Tile label="Live sessions" value={sessions.data ? (sessions.data.next ? `${SESSIONS_PAGE}+` : count(sessions.data.items.length)) : '–'} about={sessions.data?.items[0] ? <>newest <Time at={sessions.data.items[0].created_at} /></> : 'nobody is signed in'} />
        <Tile label="Documents" value={count(sum(allCollections.data, (collection) => collection.documents))} about={`in ${counted(allCollections.data?.length, 'collection')}, ${bytes(sum(allCollections.data, (collection) => collection.bytes))}`} />
        <Tile label="Imports" value={count(allImports.data?.length)} tone={allImports.data?.some((each) => each.state === 'different' || each.state === 'stopped') ? 'warn' : undefined} about={allImports.data?.[0] ? <>last <Time at={allImports.data[0].started_at} /></> : 'none yet'} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title="Largest caches" actions={<Anchor component={Link} to="/data/caches" size="sm">All caches</Anchor>}>
          <QueryState query={allCaches} skeleton={3}>
            {(items) => <Lines none="There is no cache yet." items={items.toSorted((a, b) => b.bytes - a.bytes).slice(0, SHOWN).map((cache) => ({ key: cache.name, left: <Anchor component={Link} to="/data/caches/$name" params={{ name: cache.name } as never} size="sm" truncate="end">{cache.name}</Anchor>, right: `${counted(cache.entries, 'entry', 'entries')}, ${bytes(cache.bytes)}` }))} />}
          </QueryState>
        </Section>
        <Section title="Largest collections" actions={<Anchor component={Link} to="/data/documents" size="sm">All collections</Anchor>}>
          <QueryState query={allCollections} skeleton={3}>
            {(items) => <Lines none="There is no collection of documents yet." items={items.toSorted((a, b) => b.bytes - a.bytes).slice(0, SHOWN).map((collection) => ({ key: collection.name, left: <Anchor component={Link} to="/data/documents/$collection" params={{ collection: collection.name } as never} size="sm" truncate="end">{collection.name}</Anchor>, right: `≈ ${count(collection.documents)} documents, ${bytes(collection.bytes)}` }))} />}
          </QueryState>
        </Section>
        <Section title="Newest sessions" actions={<Anchor component={Link} to="/data/sessions" size="sm">All sessions</Anchor>}>
          <QueryState query={sessions} skeleton={3}>
            {({ items }) => <Lines none="Nobody is signed in." items={items.slice(0, SHOWN).map((session) => ({ key: session.handle, left: <Anchor component={Link} to="/data/sessions" search={{ session: session.handle } as never} size="sm" truncate="end">{session.user ?? 'not signed in'}</Anchor>, right: <>{session.ip_address && `${session.ip_address}, `}<Time at={session.created_at} /></> }))} />}
          </QueryState>
        </Section>
        <Section title="Last imports" actions={<Anchor component={Link} to="/data/imports" size="sm">All imports</Anchor>}>
          <QueryState query={allImports} skeleton={3}>
            {(items) => <Lines none="Nothing was imported yet." items={items.slice(0, SHOWN).map((each) => ({ key: each.id, left: <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}><State state={each.state} tone={each.state === 'different' ? 'bad' : undefined} /><Anchor component={Link} to="/data/imports/$id" params={{ id: each.id } as never} size="sm" truncate="end">{each.target}</Anchor></Group>, right: progress(each.report) }))} />}
          </QueryState>
        </Section>
      </SimpleGrid>
    </Page>
  )
}

function Lines({ items, none }: { items: { key: string; left: React.ReactNode; right: React.ReactNode }[]; none: string }) {
  if (items.length === 0) return <Text size="sm" c="dimmed">{none}</Text>
  return (
    <Stack gap={6}>
      {items.map((item) => (
        <Group key={item.key} justify="space-between" gap="sm" wrap="nowrap">
          <div style={{ minWidth: 0, display: 'flex' }}>{item.left}</div>
          <Text size="sm" c="dimmed" ta="right" style={{ flex: 'none', maxWidth: '60%', fontVariantNumeric: 'tabular-nums' }} truncate="end">{item.right}</Text>
        </Group>
      ))}
    </Stack>
  )
}

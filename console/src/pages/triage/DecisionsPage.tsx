import { Button, CloseButton, Group, Select, SimpleGrid } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { count } from '../../components/format'
import { Page } from '../../components/Page'
import { Tile } from '../../components/Tile'
import { decisionsQuery, relationshipsQuery } from './api'
import { DecisionList } from './DecisionList'
import { totalsOf, URGENCIES } from './decisions'
import { edgesOf, repositoriesOf } from './relationships'
import { TriageTabs } from './TriageTabs'

const route = getRouteApi('/triage/decisions')

export function DecisionsPage() {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const relationships = useQuery(relationshipsQuery)
  const decisions = useInfiniteQuery(decisionsQuery)
  const names = useMemo(() => [...new Set([...repositoriesOf(relationships.data ? edgesOf(relationships.data) : []), ...(filter.repo ? [filter.repo] : [])])], [relationships.data, filter.repo])
  const all = decisions.data?.pages.flatMap((page) => page.items) ?? []
  const totals = totalsOf(all)
  const set = (change: Partial<typeof filter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Page title="Triage" about="What each change means for each repository that depends on the changed one.">
      <TriageTabs />
      {all.length > 0 && (
        <SimpleGrid cols={{ base: 3, sm: 3 }} spacing="xs" maw={620}>
          <Tile label="Something to do" value={count(totals.needAction)} about={`of the newest ${count(all.length)}`} tone={totals.needAction ? 'warn' : undefined} />
          <Tile label="Not decided yet" value={count(totals.open)} />
          <Tile label="Failed" value={count(totals.failed)} tone={totals.failed ? 'bad' : undefined} />
        </SimpleGrid>
      )}
      <Group gap="xs">
        <Select aria-label="Repository" placeholder="Any repository" clearable searchable size="xs" w={240} data={names} limit={200} value={filter.repo ?? null} onChange={(repo) => set({ repo: repo ?? undefined })} />
        <Select aria-label="Urgency" placeholder="Any urgency" clearable size="xs" w={140} data={[...URGENCIES]} value={filter.urgency ?? null} onChange={(urgency) => set({ urgency: urgency ?? undefined })} />
        <Select aria-label="State" placeholder="Any state" clearable size="xs" w={140} data={['queued', 'started', 'finished', 'failed', 'cancelled']} value={filter.state ?? null} onChange={(state) => set({ state: state ?? undefined })} />
        {filter.change && <Button size="compact-sm" variant="default" rightSection={<CloseButton size="xs" component="span" aria-hidden />} title={`Commit ${filter.change}: show all changes`} onClick={() => set({ change: undefined })}>Commit {filter.change.slice(0, 10)}</Button>}
      </Group>
      <DecisionList filter={filter} />
    </Page>
  )
}

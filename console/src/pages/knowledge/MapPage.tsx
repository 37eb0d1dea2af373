import { Alert, Anchor, Group, Select, SimpleGrid, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useMemo, useState, type CSSProperties } from 'react'
import { api, body } from '../../api/client'
import { DataTable, type Column } from '../../components/DataTable'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Scatter } from './Scatter'
import classes from './Scatter.module.css'
import { entryOf, type MapPoint } from './api'
import { KINDS, KIND_PATHS } from './kinds'
import { groupsOf, outline, type Mark } from './plane'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/map')
const LIMITS = ['100', '500', '2000']

/** What is known as a picture: what means the same lies close together. */
export function MapPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true })
  const limit = Number(search.limit ?? 500)
  const query = useQuery({
    queryKey: ['knowledge', 'map', search.kind, limit],
    queryFn: async ({ signal }) => (await body(api.GET('/api/knowledge/map', { params: { query: { kind: search.kind, limit } }, signal }))) as unknown as { items: MapPoint[] },
  })
  const fields = [...new Set((query.data?.items ?? []).flatMap((point) => Object.keys(point.metadata)))].toSorted()
  return (
    <Page title="Map" about="What means the same lies close together. Distances have no unit: the plane is a shadow of many dimensions" tabs={<KnowledgeTabs />}>
      <Group gap="xs" align="flex-end">
        <Select size="xs" label="Show" placeholder="All kinds" clearable clearButtonProps={{ 'aria-label': 'Clear' }} w={150} data={KIND_PATHS.map((kind) => ({ value: KINDS[kind].one, label: KINDS[kind].many }))} value={search.kind ?? null} onChange={(kind) => change({ kind: kind ?? undefined })} />
        <Select size="xs" label="Colour by" allowDeselect={false} w={150} data={fields.length ? fields : ['kind']} value={search.colour ?? 'kind'} onChange={(colour) => change({ colour: colour ?? undefined })} />
        <Select size="xs" label="At most" allowDeselect={false} w={110} data={LIMITS.map((each) => ({ value: each, label: `${each} points` }))} value={String(limit)} onChange={(next) => change({ limit: next ?? undefined })} />
      </Group>
      <QueryState query={query} skeleton={8}>
        {({ items }) => (items.length === 0 ? (
          <Empty title="Nothing has a place on the map yet" command="howdah knowledge scan .">
            Entries have a place when a model has made vectors of their meaning. Add knowledge, and have the server use a model: HOWDAH_KNOWLEDGE_EMBEDDING_PROVIDER=in-process.
          </Empty>
        ) : <MapContent points={items} colour={search.colour ?? 'kind'} limit={limit} />)}
      </QueryState>
    </Page>
  )
}

function MapContent({ points, colour, limit }: { points: MapPoint[]; colour: string; limit: number }) {
  const navigate = route.useNavigate()
  const [active, setActive] = useState<string>()
  const valueOf = (point: MapPoint) => String(point.metadata[colour] ?? '') || 'without'
  const { groups, markOf } = useMemo(() => groupsOf(points.map(valueOf)), [points, colour])
  const markOfPoint = useMemo(() => (point: MapPoint) => markOf(valueOf(point)), [markOf])
  const open = (point: MapPoint) => void navigate({ to: '/knowledge/$kind/$id', params: entryOf(point.key) } as never)
  const columns: Column<MapPoint>[] = [
    { key: 'mark', header: <VisuallyHidden>Mark</VisuallyHidden>, width: '26px', cell: (point) => <MarkIcon mark={markOfPoint(point)} /> },
    { key: 'title', header: 'Entry', width: 'minmax(0, 2fr)', cell: (point) => <Anchor component={Link} to="/knowledge/$kind/$id" params={entryOf(point.key) as never} size="sm" truncate="end" display="block" onMouseEnter={() => setActive(point.key)} onFocus={() => setActive(point.key)}>{point.title}</Anchor> },
    { key: 'value', header: colour.replace(/^./, (first) => first.toUpperCase()), width: 'minmax(0, 1fr)', cell: (point) => <Text size="sm" truncate="end">{valueOf(point)}</Text> },
  ]
  return (
    <Stack gap="sm">
      {points.length === limit && <Alert color="blue" variant="light" p="xs" icon={<IconInfoCircle size={16} />}>These are {limit} entries; there may be more. Narrow to a kind, or show more points.</Alert>}
      <ul className={classes.legend} aria-label={`Marks by ${colour}`}>
        {groups.map((group) => <li key={group.name}><MarkIcon mark={group.mark} /><Text span size="xs" truncate="end" maw={220}>{group.name}</Text><Text span size="xs" c="dimmed">{group.count}</Text></li>)}
      </ul>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Scatter points={points} markOf={markOfPoint} active={active} onActive={setActive} onOpen={open} label={`A map of ${points.length} entries by meaning. The list of entries has the same content`} />
        <DataTable label="Entries of the map" columns={columns} rows={points} rowKey={(point) => point.key} rowHeight={34} current={active} onOpen={open} maxHeight="522px" />
      </SimpleGrid>
    </Stack>
  )
}

function MarkIcon({ mark }: { mark: Mark }) {
  return (
    <svg width={14} height={14} aria-hidden="true" className={classes.mark} style={{ '--light': mark.light, '--dark': mark.dark } as CSSProperties}>
      <path d={outline(mark.shape, { x: 7, y: 7 }, 4.5)} fill={mark.shape === 'ring' ? 'none' : 'currentColor'} stroke="currentColor" strokeWidth={mark.shape === 'ring' ? 1 : 0} />
    </svg>
  )
}

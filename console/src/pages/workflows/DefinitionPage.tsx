import { Code, Group, Select, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Loading, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { placesQuery, versionQuery, versionsQuery, type DefinitionNode, type Version, type WorkflowLine } from './api'
import { difference, type Change } from './diff'
import { ExecuteAction } from './ExecuteAction'
import { ExportMenu } from './ImportExport'
import { AnchorLink, ButtonLink } from '../../components/links'
import { kindOf } from './nodeTypes'
import { definitionRoute } from './routes'
import { Schedules } from './Schedules'
import classes from './workflows.module.css'

const Graph = lazy(async () => ({ default: (await import('./Graph')).Graph }))

/** One workflow: its graph, its versions and what changed between them, its schedules. */
export function DefinitionPage() {
  const { id } = definitionRoute.useParams()
  const { tab, version } = definitionRoute.useSearch()
  const versions = useQuery(versionsQuery(id))
  const before = <Text size="sm"><AnchorLink to="/workflows" inherit>Workflows</AnchorLink></Text>
  const newest = versions.data?.[0]
  const shown = version ?? newest?.version
  if (!newest || shown === undefined) return <Page title={id} before={before}><QueryState query={versions}>{() => null}</QueryState></Page>
  const link = { to: '/workflows/definitions/$id' as const, params: { id }, className: classes.tab }
  const mark = (each: typeof tab) => (each === tab ? { 'data-status': 'active', 'aria-current': 'page' as const } : { 'data-status': undefined, 'aria-current': undefined })
  return (
    <Page title={newest.name} before={before} about={<Group gap={10}><Text span inherit ff="monospace" fz={12.5}>{id}</Text><span>version {shown}{shown !== newest.version && ` of ${newest.version}`}</span><span>{count(newest.nodes)} nodes</span>{newest.description && <span>{newest.description}</span>}</Group>}
      actions={<>
        <ButtonLink variant="default" to="/workflows/executions" search={{ workflow: id }}>Executions</ButtonLink>
        <ButtonLink variant="default" to="/workflows/builder" search={{ workflow: id, version: shown }} leftSection={<IconPencil size={16} />}>Edit</ButtonLink>
        <ExportOf id={id} version={shown} />
        <ExecuteAction workflow={id} version={shown} variant="filled" />
      </>}>
      <nav className={classes.tabs} aria-label="About this workflow">
        <Link {...link} {...mark(undefined)} search={{ version }}>Graph</Link>
        <Link {...link} {...mark('versions')} search={{ tab: 'versions', version }}>Versions ({versions.data?.length})</Link>
        <Link {...link} {...mark('schedules')} search={{ tab: 'schedules', version }}>Schedules</Link>
        <Link {...link} {...mark('source')} search={{ tab: 'source', version }}>Source</Link>
      </nav>
      {tab === 'schedules' ? <Schedules workflow={id} /> : tab === 'versions' ? <Versions id={id} lines={versions.data ?? []} shown={shown} /> : <OneVersion id={id} version={shown} isSource={tab === 'source'} />}
    </Page>
  )
}

function ExportOf({ id, version }: { id: string; version: number }) {
  const read = useQuery(versionQuery(id, version))
  return read.data ? <ExportMenu definition={read.data.definition} /> : null
}

function OneVersion({ id, version, isSource }: { id: string; version: number; isSource: boolean }) {
  const read = useQuery(versionQuery(id, version))
  const places = useQuery(placesQuery(id, version))
  const { node: selected } = definitionRoute.useSearch()
  const navigate = useNavigate()
  const select = (node: string | undefined) => void navigate({ to: '/workflows/definitions/$id', params: { id }, search: (before) => ({ ...before, node }), replace: true, resetScroll: false })
  if (!read.data || !places.data) return read.isError || places.isError ? <Problem error={read.error ?? places.error} /> : <Skeleton h={420} />
  const { definition } = read.data
  if (isSource) return <JsonView value={definition} label="Definition" maxHeight={900} />
  const node = definition.nodes.find((each) => each.id === selected)
  return (
    <Stack gap="md">
      <div className={node ? classes.withPanel : classes.panes}>
        <div className={classes.graphPane} style={{ height: 460 }}><Suspense fallback={<Skeleton h="100%" />}><Graph key={version} definition={definition} places={places.data} selected={selected} onSelect={select} /></Suspense></div>
        {node && <DefinedNode node={node} />}
      </div>
      <Section title="Nodes"><Nodes nodes={definition.nodes} onOpen={select} selected={selected} /></Section>
    </Stack>
  )
}

function DefinedNode({ node }: { node: DefinitionNode }) {
  const kind = kindOf(node.type)
  const { id: _id, name: _name, type: _type, ...rest } = node
  return (
    <aside className={classes.panel} aria-label={`Node ${node.id}`}>
      <Text fw={650}>{node.name ?? node.id}</Text>
      <Text size="xs" c="dimmed" mb="xs">{kind.label}: {kind.about}</Text>
      <JsonView value={rest} label={`Definition of ${node.id}`} maxHeight={360} />
    </aside>
  )
}

function Nodes({ nodes, onOpen, selected }: { nodes: DefinitionNode[]; onOpen: (id: string) => void; selected?: string }) {
  const columns = useMemo((): Column<DefinitionNode>[] => [
    { key: 'name', header: 'Node', width: 'minmax(110px, 1.5fr)', cell: (node) => node.name ?? node.id },
    { key: 'type', header: 'Type', width: 'minmax(90px, 1fr)', cell: (node) => kindOf(node.type).label },
    { key: 'executor', header: 'Done by', from: 620, width: 'minmax(90px, 1fr)', cell: (node) => node.executor ?? '–' },
    { key: 'after', header: 'Runs after', from: 480, width: 'minmax(110px, 2fr)', cell: (node) => node.dependencies?.join(', ') ?? 'begins at once' },
    { key: 'condition', header: 'Only if', from: 860, width: 'minmax(90px, 1fr)', cell: (node) => (node.condition ? <Code>{node.condition}</Code> : '–') },
  ], [])
  return <DataTable label="Nodes" columns={columns} rows={nodes} rowKey={(node) => node.id} rowHeight={34} maxHeight="360px" current={selected} onOpen={(node) => onOpen(node.id)} />
}

function Versions({ id, lines, shown }: { id: string; lines: WorkflowLine[]; shown: number }) {
  const { compare } = definitionRoute.useSearch()
  const navigate = useNavigate()
  const other = compare ?? lines.find((line) => line.version < shown)?.version
  const set = (change: { version?: number; compare?: number }) => void navigate({ to: '/workflows/definitions/$id', params: { id }, search: (before) => ({ ...before, ...change }), replace: true })
  const numbers = lines.map((line) => String(line.version))
  return (
    <Stack gap="lg">
      <Table.ScrollContainer minWidth={320}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>Version</Table.Th><Table.Th>Made</Table.Th><Table.Th ta="right">Nodes</Table.Th><Table.Th ta="right">Edges</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {lines.map((line) => (
              <Table.Tr key={line.version}>
                <Table.Td><AnchorLink to="/workflows/definitions/$id" params={{ id }} search={{ version: line.version }} fw={line.version === shown ? 650 : undefined}>{line.version}</AnchorLink></Table.Td>
                <Table.Td><Time at={line.created_at} /></Table.Td><Table.Td ta="right">{count(line.nodes)}</Table.Td><Table.Td ta="right">{count(line.edges)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {lines.length > 1 && (
        <Section title="What changed">
          <Group>
            <Select label="From version" data={numbers} value={other === undefined ? null : String(other)} allowDeselect={false} onChange={(next) => set({ compare: Number(next) })} w={130} />
            <Select label="To version" data={numbers} value={String(shown)} allowDeselect={false} onChange={(next) => set({ version: Number(next) })} w={130} />
          </Group>
          {other !== undefined && <Difference id={id} from={other} to={shown} />}
        </Section>
      )}
    </Stack>
  )
}

function Difference({ id, from, to }: { id: string; from: number; to: number }) {
  const a = useQuery(versionQuery(id, from))
  const b = useQuery(versionQuery(id, to))
  if (a.isError || b.isError) return <Problem error={a.error ?? b.error} />
  if (!a.data || !b.data) return <Loading lines={3} />
  return <Changes before={a.data} after={b.data} />
}

function Changes({ before, after }: { before: Version; after: Version }) {
  const changes = useMemo(() => difference(before.definition, after.definition), [before, after])
  if (changes.length === 0) return <Text size="sm" c="dimmed">Nothing is different, but for where nodes are drawn.</Text>
  return <Stack gap="sm">{changes.map((change) => <OneChange key={`${change.what} ${change.id}`} change={change} />)}</Stack>
}

const SIGNS = { added: '+', removed: '−', changed: '~' }

function OneChange({ change }: { change: Change }) {
  return (
    <div>
      <Text size="sm" fw={600}>{SIGNS[change.kind]} {change.what} {change.id} <Text span inherit fw={400} c="dimmed">{change.kind}</Text></Text>
      {change.fields.map((field) => (
        <div key={field.field} style={{ marginTop: 4 }}>
          <Text size="xs" c="dimmed">{field.field}</Text>
          {field.before !== undefined && <pre className={classes.changeText} data-side="before">− {field.before}</pre>}
          {field.after !== undefined && <pre className={classes.changeText} data-side="after">+ {field.after}</pre>}
        </div>
      ))}
    </div>
  )
}

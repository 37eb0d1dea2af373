import { Group, Text, TextInput } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { useCommands } from '../../shell/shortcuts'
import { workflowsQuery, type WorkflowLine } from './api'
import { ExecuteAction } from './ExecuteAction'
import { AnchorLink, ButtonLink } from '../../components/links'
import { definitionsRoute } from './routes'
import { WorkflowTabs } from './WorkflowTabs'

const COLUMNS: Column<WorkflowLine>[] = [
  { key: 'name', header: 'Workflow', width: 'minmax(150px, 2fr)', cell: (line) => <AnchorLink to="/workflows/definitions/$id" params={{ id: line.workflow_id }} inherit fw={600}>{line.name}</AnchorLink> },
  { key: 'id', header: 'Id', from: 700, width: 'minmax(120px, 1.5fr)', cell: (line) => <Text span inherit ff="monospace" fz={12.5}>{line.workflow_id}</Text> },
  { key: 'about', header: 'About', from: 900, width: 'minmax(160px, 2fr)', cell: (line) => <Text span inherit c="dimmed">{line.description || '–'}</Text> },
  { key: 'nodes', header: 'Nodes', from: 480, width: '60px', align: 'right', cell: (line) => count(line.nodes) },
  { key: 'version', header: 'Version', from: 560, width: '64px', align: 'right', cell: (line) => line.version },
  { key: 'created', header: 'Changed', from: 640, width: '110px', cell: (line) => <Time at={line.created_at} /> },
  { key: 'run', header: 'Run', width: '44px', cell: (line) => <ExecuteAction workflow={line.workflow_id} version={line.version} compact /> },
]

export function WorkflowsPage() {
  const { q } = definitionsRoute.useSearch()
  const navigate = useNavigate()
  const workflows = useQuery(workflowsQuery)
  useCommands([{ id: 'workflow-new', label: 'New workflow', about: 'Draw one in the builder', group: 'Workflows', keys: 'n', run: () => void navigate({ to: '/workflows/builder' }) }], [])
  return (
    <Page title="Workflows" about="Graphs of durable steps: what is there, what runs, what waits for somebody."
      actions={<ButtonLink to="/workflows/builder" leftSection={<IconPlus size={16} />}>New workflow</ButtonLink>}>
      <WorkflowTabs />
      <Group>
        <TextInput aria-label="Search workflows" placeholder="Name, id or description" leftSection={<IconSearch size={15} />} value={q ?? ''} style={{ flex: '1 1 220px', maxWidth: 420 }}
          onChange={(event) => void navigate({ to: '/workflows', search: { q: event.currentTarget.value || undefined }, replace: true })} />
      </Group>
      <QueryState query={workflows}>
        {(lines) => {
          const wanted = q?.toLowerCase()
          const shown = wanted ? lines.filter((line) => `${line.name} ${line.workflow_id} ${line.description}`.toLowerCase().includes(wanted)) : lines
          return (
            <DataTable label="Workflows" columns={COLUMNS} rows={shown} rowKey={(line) => line.workflow_id} onOpen={(line) => void navigate({ to: '/workflows/definitions/$id', params: { id: line.workflow_id } })}
              empty={wanted ? <Empty title={`No workflow matches "${q}"`} /> : <Empty title="No workflow yet" command="./howdah workflow apply order.yaml">Draw one in the builder, or apply a file.</Empty>} />
          )
        }}
      </QueryState>
    </Page>
  )
}

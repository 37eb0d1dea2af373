import { Button, CloseButton, Group, Select, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AnchorLink } from '../../components/links'
import { DataTable, type Column } from '../../components/DataTable'
import { words } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { AgentTabs } from './AgentTabs'
import { agentTasksQuery, skillsQuery, type AgentTask } from './api'
import { TASK_STATES } from './events'
import { useOwners } from './useOwners'

const route = getRouteApi('/agents/tasks')

const COLUMNS: Column<AgentTask>[] = [
  { key: 'state', header: 'State', width: '124px', cell: (task) => <State state={task.state} /> },
  { key: 'skill', header: 'Skill', width: 'minmax(80px, 1.2fr)', cell: (task) => <AnchorLink to="/agents/tasks/$id" params={{ id: task.id }}>{task.skill ?? 'no skill named'}</AnchorLink> },
  { key: 'message', header: 'What it says', width: 'minmax(0, 2fr)', from: 760, cell: (task) => <Text span inherit c={task.message ? undefined : 'dimmed'} title={task.message ?? undefined}>{task.message ?? '–'}</Text> },
  { key: 'context', header: 'Context', width: '120px', from: 900, cell: (task) => <Text span size="xs" ff="monospace" title={task.context_id}>{task.context_id}</Text> },
  { key: 'owner', header: 'Caller', width: '110px', from: 620, cell: (task) => task.owner },
  { key: 'events', header: 'Events', width: '60px', align: 'right', from: 700, cell: (task) => task.last_sequence },
  { key: 'at', header: 'Changed', width: '82px', align: 'right', cell: (task) => <Time at={task.status_at} /> },
]

export function TasksPage() {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const tasks = useInfiniteQuery(agentTasksQuery(filter))
  const skills = useQuery(skillsQuery)
  const owners = useOwners(filter.owner)
  const isFiltered = Object.values(filter).some(Boolean)
  const set = (change: Partial<typeof filter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Page title="Agents" about="What clients asked for over A2A, MCP and the API, of all callers, newest first.">
      <AgentTabs />
      <Group gap="xs" align="flex-end">
        <Select aria-label="State" placeholder="Any state" clearable size="xs" w={150} data={TASK_STATES.map((value) => ({ value, label: words(value) }))} value={filter.state ?? null} onChange={(state) => set({ state: state ?? undefined })} />
        <Select aria-label="Skill" placeholder="Any skill" clearable searchable size="xs" w={220} data={skills.data?.map((skill) => skill.id) ?? []} value={filter.skill ?? null} onChange={(skill) => set({ skill: skill ?? undefined })} />
        <Select aria-label="Caller" placeholder="Any caller" clearable size="xs" w={160} data={owners} value={filter.owner ?? null} onChange={(owner) => set({ owner: owner ?? undefined })} />
        {filter.context && <Button size="compact-sm" variant="default" rightSection={<CloseButton size="xs" component="span" aria-hidden />} onClick={() => set({ context: undefined })} aria-label={`Context ${filter.context}: show all contexts`} maw="100%">Context {filter.context}</Button>}
      </Group>
      <QueryState query={tasks} skeleton={8}>
        {(data) => (
          <DataTable label="Agent tasks" columns={COLUMNS} rows={data.pages.flatMap((page) => page.items)} rowKey={(task) => task.id} onOpen={(task) => void navigate({ to: '/agents/tasks/$id', params: { id: task.id } })}
            onMore={() => tasks.hasNextPage && void tasks.fetchNextPage()} isLoadingMore={tasks.isFetchingNextPage}
            empty={isFiltered ? <Empty title="No task is like that">Take a filter away to see more.</Empty> : <Empty title="No agent task yet" command={'howdah skills start search_patterns \'{"query": "retries"}\' --wait'}>Try a skill, or let another agent send a message to <AnchorLink to="/agents/card">this agent</AnchorLink>.</Empty>} />
        )}
      </QueryState>
    </Page>
  )
}

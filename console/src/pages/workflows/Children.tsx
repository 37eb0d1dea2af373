import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client'
import { count, duration } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Problem } from '../../components/Problem'
import { State } from '../../components/State'
import { view, type NodeState } from './api'

const PAGE = 100

interface ChildrenPage {
  items: NodeState[]
  next: number | null
}

/** What a map or a group has run, a page at a time. */
export function Children({ execution, node }: { execution: string; node: string }) {
  const [status, setStatus] = useState<string | null>(null)
  const [open, setOpen] = useState<string>()
  const children = useInfiniteQuery({
    queryKey: ['execution-node', execution, node, 'children'],
    queryFn: ({ pageParam }) => view<ChildrenPage>(api.GET('/api/executions/{id}/nodes/{node}/children', { params: { path: { id: execution, node }, query: { from: pageParam, limit: PAGE } } })),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  if (children.isError) return <Problem error={children.error} onRetry={() => void children.refetch()} />
  const read = children.data?.pages.flatMap((page) => page.items) ?? []
  const shown = status ? read.filter((child) => child.status === status) : read
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" fw={600}>Children</Text>
        <Select size="xs" w={130} aria-label="Status of the children" placeholder="All" clearable clearButtonProps={{ 'aria-label': 'All children' }} data={[...new Set(read.map((child) => child.status))]} value={status} onChange={setStatus} />
      </Group>
      {shown.map((child) => (
        <div key={child.node_id}>
          <Group gap={6} wrap="nowrap" justify="space-between">
            <Button variant="subtle" color="gray" size="compact-xs" aria-expanded={open === child.node_id} onClick={() => setOpen(open === child.node_id ? undefined : child.node_id)} style={{ minWidth: 0 }}>{child.node_id.slice(node.length + 1)}</Button>
            <Group gap={6} wrap="nowrap"><Text size="xs" c="dimmed">{child.started_at && child.completed_at ? duration(Date.parse(child.completed_at) - Date.parse(child.started_at)) : ''}</Text><State state={child.status} /></Group>
          </Group>
          {open === child.node_id && <JsonView value={{ input: child.inputs ?? undefined, output: child.outputs ?? undefined, error: child.error ?? undefined }} label={`Child ${child.node_id}`} maxHeight={180} />}
        </div>
      ))}
      {children.hasNextPage && <Button size="compact-xs" variant="default" loading={children.isFetchingNextPage} onClick={() => void children.fetchNextPage()}>Read on after {count(read.length)}</Button>}
    </Stack>
  )
}

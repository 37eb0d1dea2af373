import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { DefinitionEdge } from './api'
import type { Selection } from './Builder'
import { removeEdges, setEdgeCondition, type Draft } from './draft'

interface EdgeFormProps {
  edge: DefinitionEdge
  change: (next: (draft: Draft) => Draft, tag?: string) => void
  onSelect: (selection: Selection) => void
}

/** The condition of an edge. */
export function EdgeForm({ edge, change, onSelect }: EdgeFormProps) {
  return (
    <Stack gap="sm">
      <Text fw={600} size="sm">{edge.from} → {edge.to}</Text>
      <TextInput label="Only if" description="An expression such as outputs.check.result; without one the edge is always taken." value={edge.condition ?? ''} onChange={(event) => {
        const condition = event.currentTarget.value || undefined
        change((now) => setEdgeCondition(now, edge.from, edge.to, condition), `edge ${edge.from} ${edge.to}`)
      }} />
      <Button variant="default" leftSection={<IconTrash size={15} />} onClick={() => {
        change((now) => removeEdges(now, [edge]))
        onSelect(undefined)
      }}>Remove the edge</Button>
    </Stack>
  )
}

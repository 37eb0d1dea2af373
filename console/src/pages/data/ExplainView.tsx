import { Code, CloseButton, Group, Paper, Stack, Table, Text } from '@mantine/core'
import { CopyButton } from '../../components/CopyButton'
import { count } from '../../components/format'
import { State } from '../../components/State'
import type { Explanation } from './api'
import { planOf, type PlanNode } from './plan'

const SERVICES = { id: ['by its id', 'good'], btree: ['B-tree', 'good'], gin: ['GIN', 'good'], none: ['no index', 'warn'] } as const

/** Which index serves which part of a filter, what to declare where none does, and what PostgreSQL does. */
export function ExplainView({ explanation, onClose }: { explanation: Explanation; onClose: () => void }) {
  const without = explanation.clauses.filter((clause) => clause.service === 'none').length
  return (
    <Paper withBorder p="sm" radius="md" component="section" aria-label="How it is found">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={600}>{explanation.clauses.length === 0 ? 'Without a filter every document is read.' : without === 0 ? 'An index serves every condition.' : without === explanation.clauses.length ? 'No index serves this: every document is looked at.' : `${without} of ${explanation.clauses.length} conditions have no index.`}</Text>
          <CloseButton size="sm" aria-label="Close the explanation" onClick={onClose} />
        </Group>
        {explanation.clauses.length > 0 && (
          <Table.ScrollContainer minWidth={420}>
            <Table verticalSpacing={4} aria-label="Conditions">
              <Table.Thead><Table.Tr><Table.Th>Condition</Table.Th><Table.Th>Served by</Table.Th><Table.Th>What would help</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {explanation.clauses.map((clause, i) => (
                  <Table.Tr key={i}>
                    <Table.Td>{clause.condition}</Table.Td>
                    <Table.Td><State state={clause.index ? `${SERVICES[clause.service][0]} ${clause.index}` : SERVICES[clause.service][0]} tone={SERVICES[clause.service][1]} /></Table.Td>
                    <Table.Td>{clause.advice ? <Group gap={4} wrap="nowrap"><Code>{clause.advice}</Code><CopyButton text={clause.advice} label="Copy the command" /></Group> : '–'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        <Stack gap={4} role="group" aria-label="PostgreSQL's plan">
          <Text size="xs" fw={600} c="dimmed">PostgreSQL's plan, the last step first</Text>
          {planOf(explanation.plan).map((node, i) => <Step key={i} node={node} depth={0} />)}
        </Stack>
      </Stack>
    </Paper>
  )
}

function Step({ node, depth }: { node: PlanNode; depth: number }) {
  return (
    <div style={{ marginInlineStart: depth ? 14 : 0, paddingInlineStart: depth ? 8 : 0, borderInlineStart: depth ? '2px solid var(--mantine-color-default-border)' : undefined }}>
      <Group gap={8}><Text size="sm" fw={600}>{node.title}</Text>{node.about && <Text size="xs" c="dimmed">{node.about}</Text>}<Text size="xs" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>≈ {count(node.rows)} rows, cost {count(Math.round(node.cost ?? 0))}</Text></Group>
      {node.details.map((detail) => <Text key={detail} size="xs" ff="monospace" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{detail}</Text>)}
      {node.children.map((child, i) => <Step key={i} node={child} depth={depth + 1} />)}
    </div>
  )
}

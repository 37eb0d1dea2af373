import { Autocomplete, Button, Collapse, Group, List, MultiSelect, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Json } from '../../api/json'
import { JsonField, SchemaForm } from '../../components/SchemaForm'
import type { DefinitionNode, Fault, WorkflowLine } from './api'
import type { Selection } from './Builder'
import { isBefore, removeNodes, renameNode, setDependencies, updateNode, type Draft } from './draft'
import { executorsQuery } from './executors'
import { kindOf } from './nodeTypes'
import classes from './workflows.module.css'

type Values = Record<string, Json | undefined>

interface NodeFormProps {
  draft: Draft
  node: DefinitionNode
  faults: readonly Fault[]
  workflows: readonly WorkflowLine[]
  change: (next: (draft: Draft) => Draft, tag?: string) => void
  onSelect: (selection: Selection) => void
}

/** Everything about one node, by the form of its type; what it depends on can be chosen here, too, without a mouse. */
export function NodeForm({ draft, node, faults, workflows, change, onSelect }: NodeFormProps) {
  const kind = kindOf(node.type)
  const [isMore, more] = useDisclosure(node.retry !== undefined || node.timeout !== undefined || node.gate !== undefined || node.input_contract !== undefined || node.output_contract !== undefined)
  const [id, setId] = useState(node.id)
  const update = (field: string, next: Partial<DefinitionNode>) => change((now) => updateNode(now, node.id, next), `node ${node.id} ${field}`)
  const errors = Object.fromEntries(faults.map((fault) => [fault.pointer.replace(/^config\./, '').split(/[.[]/)[0]!, `${fault.detail}; ${fault.remedy}`]))
  const rename = () => {
    const next = id.trim()
    if (!next || draft.nodes.some((each) => each.id === next)) return setId(node.id)
    change((now) => renameNode(now, node.id, next))
    onSelect({ kind: 'node', id: next })
  }
  const config = (node.config ?? {}) as Values
  const setConfig = (next: Values) => update(`config ${Object.keys(next).find((key) => next[key] !== config[key]) ?? ''}`, { config: Object.keys(next).length ? (next as Record<string, Json>) : undefined })
  const dependencies = draft.edges.filter((edge) => edge.to === node.id).map((edge) => edge.from)
  const possible = draft.nodes.filter((each) => each.id !== node.id && each.type !== 'compensate' && !isBefore(draft.edges, node.id, each.id)).map((each) => each.id)
  return (
    <Stack gap="sm">
      <Group gap={8}><kind.icon size={18} aria-hidden /><Text fw={600} size="sm">{kind.label}</Text><Text size="xs" c="dimmed">{kind.about}</Text></Group>
      {faults.length > 0 && <List size="sm" className={classes.nodeFault} aria-label="Faults">{faults.map((fault) => <List.Item key={`${fault.pointer} ${fault.detail}`}>{fault.pointer && `${fault.pointer}: `}{fault.detail}; {fault.remedy}</List.Item>)}</List>}
      <TextInput label="Name" placeholder={node.id} value={node.name ?? ''} onChange={(event) => update('name', { name: event.currentTarget.value || undefined })} />
      <TextInput label="Id" description="Expressions name it: outputs.id" value={id} error={errors.id} onChange={(event) => setId(event.currentTarget.value)} onBlur={rename} onKeyDown={(event) => event.key === 'Enter' && rename()} />
      {kind.hasExecutor && <Executor node={node} error={errors.executor} onChange={(executor) => update('executor', { executor: executor || undefined })} />}
      {kind.schema.properties
        ? <ConfigFields key={node.id} draft={draft} node={node} workflows={workflows} value={config} errors={errors} onChange={setConfig} />
        : <JsonField name="config" label="Configuration" description="What the handler or skill is given, as JSON; texts may hold ${input.name}." value={config} onChange={(next) => setConfig((next ?? {}) as Values)} error={errors.config} />}
      {node.type !== 'compensate' && <MultiSelect label="Runs after" placeholder={dependencies.length ? undefined : 'Begins at once'} data={possible} value={dependencies} searchable clearable clearButtonProps={{ 'aria-label': 'Run at once' }} onChange={(next) => change((now) => setDependencies(now, node.id, next))} />}
      {node.type !== 'compensate' && <TextInput label="Only if" description="It is skipped unless this expression holds." placeholder="outputs.check.result" value={node.condition ?? ''} error={errors.condition} onChange={(event) => update('condition', { condition: event.currentTarget.value || undefined })} />}
      <Button variant="subtle" color="gray" size="compact-sm" justify="flex-start" aria-expanded={isMore} leftSection={isMore ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />} onClick={more.toggle}>Retries, time limits, contracts</Button>
      <Collapse expanded={isMore}>
        <Stack gap="sm">
          <SchemaForm schema={RETRY} value={(node.retry ?? {}) as Values} errors={errors} onChange={(next) => update('retry', { retry: Object.keys(next).length ? (next as Record<string, Json>) : undefined })} />
          <TextInput label="Time limit of an attempt" placeholder="5m" value={node.timeout ?? ''} error={errors.timeout} onChange={(event) => update('timeout', { timeout: event.currentTarget.value || undefined })} />
          <TextInput label="May be silent for" placeholder="30s" value={node.heartbeat_timeout ?? ''} error={errors.heartbeat_timeout} onChange={(event) => update('heartbeat', { heartbeat_timeout: event.currentTarget.value || undefined })} />
          <NumberInput label="Least quality of its result" description="Below it the node is blocked, and the workflow stops." min={0} max={1} step={0.05} decimalScale={3} value={node.gate?.threshold ?? ''} onChange={(next) => update('gate', { gate: next === '' ? undefined : { threshold: Number(next) } })} />
          <JsonField name="input_contract" label="Input contract" description="JSON Schema of what it is given." value={node.input_contract} error={errors.input_contract} onChange={(next) => update('input', { input_contract: next })} />
          <JsonField name="output_contract" label="Output contract" description="JSON Schema of what it makes." value={node.output_contract} error={errors.output_contract} onChange={(next) => update('output', { output_contract: next })} />
        </Stack>
      </Collapse>
      <Button variant="default" color="red" leftSection={<IconTrash size={15} />} onClick={() => {
        change((now) => removeNodes(now, [node.id]))
        onSelect(undefined)
      }}>Remove the node</Button>
    </Stack>
  )
}

const RETRY = {
  properties: {
    attempts: { type: 'integer', title: 'Attempts', minimum: 1, maximum: 1000 },
    delay: { type: 'string', title: 'Pause before the second attempt', examples: ['10s'] },
    backoff: { type: 'number', title: 'Each further pause is longer by', minimum: 1, maximum: 100, examples: [2] },
  },
}

/** The handler or skill, of those that are known. */
function Executor({ node, error, onChange }: { node: DefinitionNode; error?: string; onChange: (executor: string) => void }) {
  const known = useQuery(executorsQuery(node.type))
  return <Autocomplete label={node.type === 'skill' ? 'Skill' : node.type === 'phase' ? 'Executor' : 'Handler'} placeholder={node.id} description={node.type === 'task' ? 'A type of task that workers run.' : undefined} data={known.data ?? []} value={node.executor ?? ''} error={error} onChange={onChange} />
}

/** The configuration; other workflows and nodes are chosen from lists. */
function ConfigFields({ draft, node, workflows, value, errors, onChange }: { draft: Draft; node: DefinitionNode; workflows: readonly WorkflowLine[]; value: Values; errors: Record<string, string>; onChange: (value: Values) => void }) {
  const { schema } = kindOf(node.type)
  const chosen = node.type === 'sub_workflow' ? 'workflow' : node.type === 'compensate' ? 'of' : undefined
  if (!chosen) return <SchemaForm schema={schema} value={value} errors={errors} onChange={onChange} />
  const { [chosen]: field, ...others } = schema.properties ?? {}
  const data = chosen === 'workflow' ? workflows.map((line) => line.workflow_id) : draft.nodes.filter((each) => each.type !== 'compensate').map((each) => each.id)
  return (
    <>
      <Select label={field?.title} data={data} searchable required error={errors[chosen]} value={typeof value[chosen] === 'string' ? value[chosen] : null} onChange={(next) => onChange({ ...value, [chosen]: next ?? '' })} nothingFoundMessage="None of that name" />
      <SchemaForm schema={{ ...schema, properties: others }} value={value} errors={errors} onChange={onChange} />
    </>
  )
}


import { IconArrowBackUp, IconArrowsSplit2, IconBell, IconBox, IconBrain, IconClock, IconCode, IconGitBranch, IconRepeat, IconRobot, IconSitemap, IconTool, IconUserCheck, IconWorld, type Icon } from '@tabler/icons-react'
import type { Json } from '../../api/json'
import type { Schema } from '../../components/SchemaForm'

/** A type of node as people see it: in the palette, on the node, in its form. */
export interface NodeKind {
  type: string
  label: string
  about: string
  icon: Icon
  group: 'Do' | 'Decide and wait' | 'Structure'
  /** What a new one begins with, so that it can be saved as it is where that is possible. */
  config: Record<string, Json>
  /** The form of its configuration. */
  schema: Schema
  /** Whether a handler or skill does it, which its executor names. */
  hasExecutor?: boolean
}

const text = (title: string, description?: string, more: Schema = {}): Schema => ({ type: 'string', title, description, ...more })
const long = (title: string, description?: string): Schema => text(title, description, { maxLength: 10_000 })
const duration = (title: string, description: string): Schema => text(title, description, { examples: ['10s', '5m', '2h', '7d'] })
const object = (title: string, description?: string): Schema => ({ type: 'object', title, description })
const EXPRESSIONS = 'May hold expressions: ${input.name}, ${outputs.node.field}.'

export const NODE_KINDS: readonly NodeKind[] = [
  { type: 'task', label: 'Task', about: 'Runs a handler, or waits for a worker elsewhere', icon: IconTool, group: 'Do', config: {}, hasExecutor: true, schema: {} },
  { type: 'skill', label: 'Skill', about: 'Runs a skill of this server', icon: IconBox, group: 'Do', config: {}, hasExecutor: true, schema: {} },
  { type: 'phase', label: 'Phase', about: 'Runs a phase of software development', icon: IconCode, group: 'Do', config: {}, hasExecutor: true, schema: {} },
  { type: 'http', label: 'HTTP request', about: 'Sends a request with an idempotency key', icon: IconWorld, group: 'Do', config: { url: 'https://example.org', method: 'get' },
    schema: { required: ['url'], properties: { url: text('Address', EXPRESSIONS), method: { title: 'Method', enum: ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] }, query: object('Query'), headers: object('Headers'), body: object('Body'), expect: { title: 'Statuses that are expected', description: 'As JSON, for example [200, 404].' } } } },
  { type: 'model', label: 'Language model', about: 'Asks a language model', icon: IconBrain, group: 'Do', config: { prompt: 'Summarise: ${input.text}' },
    schema: { required: ['prompt'], properties: { prompt: long('Prompt', EXPRESSIONS), system: long('Rules that it is given'), schema: object('Schema of the answer', 'JSON Schema; the answer is JSON that fits it.') } } },
  { type: 'agent', label: 'Remote agent', about: 'Has an agent do something and waits for it', icon: IconRobot, group: 'Do', config: { agent: 'https://agent.example.org', message: 'Please look at ${input.text}' },
    schema: { required: ['agent'], properties: { agent: text('Agent', 'Its address, or a name from howdah.agent.remote.'), message: long('Message', EXPRESSIONS), skill: text('Skill'), input: object('Input of the skill'), timeout: duration('Waits at most', 'For example 2h.') } } },
  { type: 'condition', label: 'Condition', about: 'Decides: its output is true or false', icon: IconGitBranch, group: 'Decide and wait', config: { expression: 'true' },
    schema: { required: ['expression'], properties: { expression: text('Expression', 'For example input.total > 100 or outputs.check.result.') } } },
  { type: 'human_review', label: 'Review', about: 'Waits until a person approves or rejects', icon: IconUserCheck, group: 'Decide and wait', config: { prompt: 'May this go on?' },
    schema: { required: ['prompt'], properties: { prompt: long('Question', EXPRESSIONS), due: duration('Due after', 'For example 2d.'), on_due: { title: 'When it is due', enum: ['fail', 'approve', 'reject'] }, on_reject: { title: 'When it is rejected', enum: ['fail', 'continue'] } } } },
  { type: 'signal', label: 'Signal', about: 'Waits for a message from outside', icon: IconBell, group: 'Decide and wait', config: { name: 'go' },
    schema: { required: ['name'], properties: { name: text('Name of the signal'), timeout: duration('Waits at most', 'For example 7d.') } } },
  { type: 'wait', label: 'Wait', about: 'Waits for a time', icon: IconClock, group: 'Decide and wait', config: { duration: '10s' },
    schema: { properties: { duration: duration('For', 'For example 10s, 5m or 2h.'), until: text('Or until', 'A time such as 2027-01-31T08:00:00Z, or an expression.') } } },
  { type: 'map', label: 'For each', about: 'Runs a node for each element of a list', icon: IconRepeat, group: 'Structure', config: { items: 'input.items', concurrency: 10, node: { type: 'condition', config: { expression: 'item != null' } } },
    schema: { required: ['items'], properties: { items: text('List', 'An expression such as input.pages, in which each element is then item.'), concurrency: { type: 'integer', title: 'At the same time', minimum: 1, maximum: 1000 }, node: object('Node for each element', 'As JSON: type, executor, config.') } } },
  { type: 'parallel_group', label: 'Group', about: 'Runs nodes that do not depend on each other', icon: IconArrowsSplit2, group: 'Structure', config: { nodes: [{ id: 'first', type: 'wait', config: { duration: '1s' } }, { id: 'second', type: 'wait', config: { duration: '1s' } }] },
    schema: { required: ['nodes'], properties: { nodes: { type: 'array', title: 'Nodes', description: 'A list as JSON.' }, concurrency: { type: 'integer', title: 'At the same time', minimum: 1, maximum: 1000 } } } },
  { type: 'sub_workflow', label: 'Workflow', about: 'Runs another workflow and waits for it', icon: IconSitemap, group: 'Structure', config: { workflow: '' },
    schema: { required: ['workflow'], properties: { workflow: text('Workflow'), version: { type: 'integer', title: 'Version', description: 'The newest one if it is empty.', minimum: 1 }, input: object('Input') } } },
  { type: 'compensate', label: 'Compensation', about: 'Undoes a node after the execution has failed', icon: IconArrowBackUp, group: 'Structure', config: { of: '', run: { type: 'wait', config: { duration: '1s' } } },
    schema: { required: ['of'], properties: { of: text('Undoes'), run: object('By this node', 'As JSON: type, executor, config.') } } },
]

const BY_TYPE = new Map(NODE_KINDS.map((kind) => [kind.type, kind]))

export function kindOf(type: string): NodeKind {
  return BY_TYPE.get(type) ?? { type, label: type, about: '', icon: IconBox, group: 'Do', config: {}, schema: {} }
}

/** A node of a plan, as PostgreSQL's EXPLAIN (FORMAT JSON) writes it; only what is shown. */
interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Join Type'?: string
  'Filter'?: string
  'Index Cond'?: string
  'Hash Cond'?: string
  'Total Cost'?: number
  'Plan Rows'?: number
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Actual Total Time'?: number
  'Plans'?: PlanNode[]
}

export interface Step {
  depth: number
  name: string
  detail: string
  expectedRows: number
  /** Of all loops together; only of a statement that was run. */
  rows?: number
  /** Time in this step alone, without those below it; only of a statement that was run. */
  ownMs?: number
  /** Cost of this step alone, in PostgreSQL's units. */
  ownCost: number
}

/** The steps of a plan from the topmost down, each with what it took by itself. */
export function steps(plan: unknown): Step[] {
  const root = (plan as { Plan?: PlanNode } | null)?.Plan
  return root ? flatten(root, 0) : []
}

function flatten(node: PlanNode, depth: number): Step[] {
  const below = node.Plans ?? []
  const detail = [node['Join Type'] && node['Join Type'] !== 'Inner' ? node['Join Type'].toLowerCase() : '', node['Index Cond'] ?? node['Hash Cond'] ?? '', node.Filter ? `filter ${node.Filter}` : ''].filter(Boolean).join(', ')
  const loops = node['Actual Loops'] ?? 1
  return [
    {
      depth,
      name: [node['Node Type'], node['Index Name'] && `by ${node['Index Name']}`, node['Relation Name'] && `on ${node['Relation Name']}`].filter(Boolean).join(' '),
      detail,
      expectedRows: node['Plan Rows'] ?? 0,
      rows: node['Actual Rows'] === undefined ? undefined : Math.round(node['Actual Rows'] * loops),
      ownMs: node['Actual Total Time'] === undefined ? undefined : Math.max(0, time(node) - below.reduce((sum, each) => sum + time(each), 0)),
      ownCost: Math.max(0, (node['Total Cost'] ?? 0) - below.reduce((sum, each) => sum + (each['Total Cost'] ?? 0), 0)),
    },
    ...below.flatMap((each) => flatten(each, depth + 1)),
  ]
}

/** PostgreSQL tells the time of one loop. */
function time(node: PlanNode): number {
  return (node['Actual Total Time'] ?? 0) * (node['Actual Loops'] ?? 1)
}

/** Whether so many rows came as the planner expected that its plan may be a wrong one: ten times as many, or a tenth. */
export function isMisjudged(step: Step): boolean {
  if (step.rows === undefined) return false
  const [few, many] = [Math.min(step.rows, step.expectedRows), Math.max(step.rows, step.expectedRows)]
  return many >= 100 && many >= 10 * Math.max(1, few)
}

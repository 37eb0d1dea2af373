/** PostgreSQL's plan, as EXPLAIN prints it, as a tree that people can read. */
export interface PlanNode {
  /** Such as "Index Scan using … on documents". */
  title: string
  /** What it means, in words. */
  about: string
  rows?: number
  cost?: number
  details: string[]
  children: PlanNode[]
}

const MEANINGS: [RegExp, string][] = [
  [/^(Parallel )?Seq Scan/, 'looks at every row of the table'],
  [/^Index Only Scan/, 'answers from an index alone'],
  [/^(Parallel )?Index Scan/, 'goes to the rows that an index names'],
  [/^Bitmap Heap Scan/, 'reads the rows that indexes named, in the order in which they lie'],
  [/^Bitmap Index Scan/, 'collects what an index names'],
  [/^Bitmap(And|Or)/, 'puts together what several indexes name'],
  [/^(Incremental )?Sort/, 'puts everything below it in order first'],
  [/^Limit/, 'stops after so many'],
  [/^(Hash|Group|Mixed)?Aggregate/, 'counts or puts together'],
  [/^Gather/, 'gathers what several processes found'],
  [/^Nested Loop/, 'looks up the inner side for each row of the outer'],
  [/^SubPlan|^InitPlan/, 'a question within the question'],
]
const NODE = /^(?:->\s+)?(.+?)\s+\(cost=[\d.]+\.\.([\d.]+) rows=(\d+) width=\d+\)/

/** Reads the lines; what is no node belongs to the node before it. */
export function planOf(lines: readonly string[]): PlanNode[] {
  const roots: PlanNode[] = []
  const open: { indent: number; node: PlanNode }[] = []
  for (const line of lines) {
    const indent = line.search(/\S/)
    const text = line.trim()
    const match = NODE.exec(text)
    if (!match) {
      if (text) open.at(-1)?.node.details.push(text)
      continue
    }
    const title = match[1]!
    const node: PlanNode = { title, about: MEANINGS.find(([pattern]) => pattern.test(title))?.[1] ?? '', cost: Number(match[2]), rows: Number(match[3]), details: [], children: [] }
    while (open.length && open.at(-1)!.indent >= indent) open.pop()
    ;(open.at(-1)?.node.children ?? roots).push(node)
    open.push({ indent, node })
  }
  return roots
}

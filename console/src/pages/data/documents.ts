import type { Json } from '../../api/json'
import type { Document } from './api'

/** A path that occurs in documents, with what was seen there. */
export interface Field {
  path: string
  types: string[]
  /** Some values that are no objects or arrays. */
  samples: Json[]
  count: number
}

const SAMPLES_MAX = 5
const DEPTH_MAX = 5
const FIELDS_MAX = 300

export function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'number'
  if (typeof value === 'object') {
    const [only, ...others] = Object.keys(value)
    // Extended JSON: {"$oid": "…"}, {"$date": "…"}.
    return only?.startsWith('$') && others.length === 0 ? only.slice(1) : 'object'
  }
  return typeof value
}

/** The paths of documents, the most frequent first; a path goes through arrays of objects, as filters do. */
export function fieldsOf(documents: readonly Document[]): Field[] {
  const fields = new Map<string, Field>()
  const visit = (value: Document, before: string, depth: number) => {
    for (const [name, each] of Object.entries(value)) {
      if (name.includes('.') || name.startsWith('$')) continue // no path reaches it
      const path = before + name
      const type = typeOf(each)
      const field = fields.get(path) ?? { path, types: [], samples: [], count: 0 }
      if (!fields.has(path) && fields.size >= FIELDS_MAX) continue
      fields.set(path, field)
      field.count++
      if (!field.types.includes(type)) field.types.push(type)
      if (type !== 'object' && type !== 'array' && type !== 'null' && field.samples.length < SAMPLES_MAX && !field.samples.some((seen) => seen === each)) field.samples.push(each)
      if (depth >= DEPTH_MAX) continue
      if (type === 'object') visit(each as Document, `${path}.`, depth + 1)
      if (Array.isArray(each)) each.filter((element): element is Document => typeOf(element) === 'object').forEach((element) => visit(element, `${path}.`, depth + 1))
    }
  }
  documents.forEach((document) => visit(document, '', 0))
  return [...fields.values()].toSorted((a, b) => b.count - a.count)
}

/** Filters that fit what is there, to begin with. */
export function examplesOf(fields: readonly Field[]): { label: string; filter: Json }[] {
  const of = (...types: string[]) => fields.find((field) => field.path !== '_id' && field.samples.length > 0 && types.includes(field.types[0]!))
  const examples: { label: string; filter: Json }[] = []
  const text = of('string')
  const number = of('number')
  const array = fields.find((field) => field.types[0] === 'array')
  if (text) {
    examples.push({ label: `${text.path} is a value`, filter: { [text.path]: text.samples[0]! } })
    examples.push({ label: `${text.path} is one of several`, filter: { [text.path]: { $in: text.samples.slice(0, 3) } } })
    examples.push({ label: `${text.path} begins with`, filter: { [text.path]: { $regex: `^${String(text.samples[0]).slice(0, 3).replaceAll(/[^\w ]/g, '.')}` } } })
  }
  if (number) examples.push({ label: `${number.path} in a range`, filter: { [number.path]: { $gte: number.samples[0]!, $lt: 1000 } } })
  if (array) examples.push({ label: `${array.path} has so many elements`, filter: { [array.path]: { $size: 1 } } })
  if (text && number) examples.push({ label: 'one or the other', filter: { $or: [{ [text.path]: text.samples[0]! }, { [number.path]: { $lt: number.samples[0]! } }] } })
  const last = fields.findLast((field) => field.path !== '_id')
  if (last) examples.push({ label: `${last.path} is missing`, filter: { [last.path]: { $exists: false } } })
  return examples
}

/** The columns of a table of documents: the id, then the fields of the top that most have and that fit into a cell. */
export function columnsOf(fields: readonly Field[], max = 6): string[] {
  return fields.filter((field) => field.path !== '_id' && !field.path.includes('.')).toSorted((a, b) => b.count - a.count || rank(a) - rank(b)).slice(0, max).map((field) => field.path)
}

function rank(field: Field): number {
  return field.types.every((type) => type !== 'object' && type !== 'array') ? 0 : 1
}

/** The line differences of two texts, for a conflict: what only one has. Bounded, since both are somebody's documents. */
export function difference(mine: string, theirs: string): { line: string; of: 'both' | 'mine' | 'theirs' }[] {
  const [a, b] = [mine.split('\n'), theirs.split('\n')]
  if (a.length * b.length > 4_000_000) return [...b.map((line) => ({ line, of: 'theirs' as const })), ...a.map((line) => ({ line, of: 'mine' as const }))]
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
  const lines: { line: string; of: 'both' | 'mine' | 'theirs' }[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ line: a[i]!, of: 'both' })
      i++
      j++
    } else if (j < b.length && (i >= a.length || lengths[i]![j + 1]! >= lengths[i + 1]![j]!)) {
      lines.push({ line: b[j++]!, of: 'theirs' })
    } else {
      lines.push({ line: a[i++]!, of: 'mine' })
    }
  }
  return lines
}

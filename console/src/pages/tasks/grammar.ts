import { parse, stringify, type Json } from '../../api/json'

export const STATES = ['queued', 'started', 'finished', 'failed', 'cancelled'] as const
export type TaskState = (typeof STATES)[number]

/** What a search asks the server for. */
export interface TaskSearch {
  state?: string
  type?: string
  queue?: string
  partition?: string
  /** Fields that the payload has. */
  payload?: { [key: string]: Json }
  /** A text anywhere in the task. */
  text?: string
}

const FIELDS = ['type', 'queue', 'partition', 'state'] as const
const TOKEN = /([A-Za-z_$][\w$.-]*)(:|=)("(?:\\.|[^"\\])*"|\S*)|"(?:\\.|[^"\\])*"|\S+/g

/**
 * Reads `type:resize queue:mail customer.id=7 "no space left"`: `field:value` restricts, `path=value` is looked for in the payload,
 * everything else anywhere in the task. `payload:{"customer":{"id":7}}` says the same as `customer.id=7`.
 */
export function parseSearch(given: string): TaskSearch & { problem?: string } {
  const found: TaskSearch & { problem?: string } = {}
  const texts: string[] = []
  let rest = given.trim()
  const whole = /(?:^|\s)payload:(\{.*\})/.exec(rest)
  if (whole) {
    try {
      found.payload = parse(whole[1]!) as { [key: string]: Json }
    } catch {
      found.problem = 'what stands behind payload: is no JSON object'
    }
    rest = rest.replace(whole[0], ' ')
  }
  for (const [token, name, sign, value] of rest.matchAll(TOKEN)) {
    if (name && sign === ':' && (FIELDS as readonly string[]).includes(name)) {
      const field = name as (typeof FIELDS)[number]
      const text = unquoted(value!)
      if (field === 'state') {
        const unknown = text.split(',').filter((each) => each && !(STATES as readonly string[]).includes(each))
        if (unknown.length) found.problem = `"${unknown[0]}" is no state: ${STATES.join(', ')}`
        else if (text) found.state = text
      } else if (text) found[field] = text
    } else if (name && sign === '=' && value) {
      put((found.payload ??= {}), name.split('.'), valueOf(value))
    } else if (token) {
      texts.push(unquoted(token))
    }
  }
  if (texts.length) found.text = texts.join(' ')
  return found
}

function unquoted(token: string): string {
  if (!token.startsWith('"')) return token
  try {
    return String(JSON.parse(token))
  } catch {
    return token.slice(1)
  }
}

function valueOf(text: string): Json {
  try {
    return parse(text)
  } catch {
    return text
  }
}

function put(object: { [key: string]: Json }, path: string[], value: Json) {
  const [first, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    object[first] = value
    return
  }
  const inner = object[first]
  const next = inner && typeof inner === 'object' && !Array.isArray(inner) ? inner : {}
  object[first] = next
  put(next, rest, value)
}

/** As the API takes it: the state of the tab, unless the search names one. */
export function queryOf(search: TaskSearch, tab: string | undefined) {
  return {
    state: search.state ?? tab, type: search.type, queue: search.queue, partition: search.partition, text: search.text,
    payload: search.payload && stringify(search.payload, 0),
  }
}

/** Searches that go on from what is typed, whole: the last word completed by what the server knows. */
export function completions(given: string, known: { types: string[]; queues: string[] }): string[] {
  const start = given.search(/\S*$/)
  const word = given.slice(start)
  const before = given.slice(0, start)
  if (!word && given) return []
  const [field, value] = word.includes(':') ? [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)] : [undefined, word]
  const values: Record<string, readonly string[]> = { type: known.types, queue: known.queues, state: STATES, partition: [] }
  const words = field === undefined
    ? [...FIELDS.map((each) => `${each}:`), ...known.types.map((each) => `type:${each}`), ...known.queues.map((each) => `queue:${each}`)].filter((each) => each.startsWith(value) || (value.length > 1 && each.split(':')[1]!.includes(value)))
    : (values[field] ?? []).filter((each) => each.startsWith(value) && each !== value).map((each) => `${field}:${each}`)
  return words.slice(0, 8).map((each) => before + each)
}

import { parse, stringify, type Json } from '../../api/json'
import type { Schema } from '../../components/SchemaForm'
import type { Definition } from './api'

const FIELD = /\binput\.([A-Za-z_][A-Za-z0-9_]*)/g

/**
 * What an execution of a definition is to be given: the schema of the skill as which it is published, or else the fields that its
 * expressions read.
 */
export function inputSchema(definition: Definition): { schema: Schema | undefined; isGuessed: boolean } {
  const published = definition.skill?.input_schema as Schema | undefined
  if (published?.properties) return { schema: published, isGuessed: false }
  const names = new Set<string>()
  for (const match of stringify([definition.nodes, definition.edges ?? []], 0).matchAll(FIELD)) if (match[1] !== 'scheduled_at') names.add(match[1]!)
  if (definition.nodes.some((node) => node.type === 'phase')) names.add('requirement')
  if (names.size === 0) return { schema: undefined, isGuessed: true }
  return { schema: { properties: Object.fromEntries([...names].map((name) => [name, { title: name }])) }, isGuessed: true }
}

/** What somebody typed: JSON if it is any, else a text. */
export function valueOf(text: string): Json {
  try {
    return parse(text)
  } catch {
    return text
  }
}

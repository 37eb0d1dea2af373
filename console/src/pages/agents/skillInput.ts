import type { Schema } from '../../components/SchemaForm'

/** Fields that name a repository, by the names that skills use for them. */
const REPOSITORY = /^(.*_)?repo(sitory)?(_name)?$/

/** The schema with the repositories that there are as examples, so that a form offers them. */
export function withRepositories(schema: Schema, names: readonly string[]): Schema {
  if (names.length === 0 || !schema.properties) return schema
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, each.type === 'string' && !each.enum && REPOSITORY.test(name) ? { ...each, examples: [...names] } : withRepositories(each, names)])),
  }
}

/** What a schema says is there unless somebody says otherwise. */
export function defaultsOf(schema: Schema): Record<string, NonNullable<Schema['default']>> {
  return Object.fromEntries(Object.entries(schema.properties ?? {}).flatMap(([name, each]) => (each.default === undefined || each.default === null ? [] : [[name, each.default]])))
}

/** The fields that are needed and not filled in. */
export function missing(schema: Schema, value: Record<string, unknown>): string[] {
  return (schema.required ?? []).filter((name) => value[name] === undefined || value[name] === '')
}

/** Reads the search parameters of an address, which anybody can write: what is not as expected is left out. */
export type Search = Record<string, unknown>

/** A parameter as text; what is empty is left out. */
export function text(search: Search, name: string): string | undefined {
  const value = search[name]
  if (value === undefined || value === null || value === '') return undefined
  // The router reads what looks like JSON as JSON, such as a number, or a filter that somebody typed into the address.
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function oneOf<T extends string>(search: Search, name: string, values: readonly T[]): T | undefined {
  return values.find((value) => value === search[name])
}

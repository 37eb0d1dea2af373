/** Reads the search parameters of an address, which anybody can write: what is not as expected is left out. */
export type Search = Record<string, unknown>

export function text(search: Search, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
}

export function oneOf<T extends string>(search: Search, name: string, values: readonly T[]): T | undefined {
  return values.find((value) => value === search[name])
}

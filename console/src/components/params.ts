/** A search parameter of an address as text; what is empty is left out of the address. */
export function textParam(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  // The router reads what looks like JSON as JSON, such as a filter that somebody typed into the address.
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Reads what stands in an address; anything else than what is meant counts as not there. */

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
}

export function flag(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined
}

export function choice<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((each) => each === value)
}

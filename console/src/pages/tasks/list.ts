/** A list that grows at its top while it is read, newest first: ids sort by creation. */
export interface Row {
  id: string
}

/**
 * What is known after the newest rows were read again. Rows behind them stay as they are; if so many are new that the page does not reach
 * what was known, the list begins anew, since a hole would be a lie.
 */
export function withNewest<T extends Row>(known: readonly T[], page: readonly T[], isAll: boolean): readonly T[] {
  const last = page.at(-1)
  if (isAll || !last || known.length === 0 || known[0]!.id < last.id) return page
  return [...page, ...known.filter((row) => row.id < last.id)]
}

/** What is known after the rows behind the last one were read. */
export function withOlder<T extends Row>(known: readonly T[], page: readonly T[]): readonly T[] {
  const last = known.at(-1)
  return last ? [...known, ...page.filter((row) => row.id < last.id)] : page
}

/** A list that grows at its top while it is read, newest first: ids sort by creation. */
export interface Row {
  id: string
}

/** So many rows are kept when somebody has scrolled for them; a list that grows beyond begins anew. */
export const ROWS_MAX = 200_000

/**
 * What is known after the newest rows were read again. Rows behind them stay as they are; if so many are new that the page does not reach
 * what was known, the list begins anew, since a hole would be a lie.
 *
 * @param most so many rows are kept; rows that leave at the end can be read again
 */
export function withNewest<T extends Row>(known: readonly T[], page: readonly T[], isAll: boolean, most = ROWS_MAX): readonly T[] {
  const last = page.at(-1)
  if (isAll || !last || known.length === 0 || known.length > ROWS_MAX || known[0]!.id < last.id) return page
  return [...page, ...known.filter((row) => row.id < last.id)].slice(0, Math.max(page.length, most))
}

/** What is known after the rows behind the last one were read. */
export function withOlder<T extends Row>(known: readonly T[], page: readonly T[]): readonly T[] {
  const last = known.at(-1)
  return last ? [...known, ...page.filter((row) => row.id < last.id)] : page
}

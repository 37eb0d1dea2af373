/** One value for each minute of a range that ends now; minutes of which the server says nothing are empty. */
export function perMinute<T extends { minute: string }>(items: readonly T[], minutes: number, value: (item: T) => number | null | undefined, none: number | null, now = Date.now()): { at: number[]; values: (number | null)[] } {
  const last = Math.floor(now / 60_000) * 60_000
  const byMinute = new Map(items.map((item) => [Date.parse(item.minute), item]))
  const at = Array.from({ length: minutes }, (_, i) => last - (minutes - 1 - i) * 60_000)
  return { at, values: at.map((each) => { const item = byMinute.get(each); return item ? (value(item) ?? null) : none }) }
}

/** The same in steps of several minutes, by what `join` makes of the values that are there. */
export function inSteps(series: { at: number[]; values: (number | null)[] }, step: number, join: (values: number[]) => number): { at: number[]; values: (number | null)[] } {
  const at: number[] = []
  const values: (number | null)[] = []
  for (let i = series.at.length % step; i < series.at.length; i += step) {
    const known = series.values.slice(i, i + step).filter((each) => each != null)
    at.push(series.at[i]!)
    values.push(known.length ? join(known) : null)
  }
  return { at, values }
}

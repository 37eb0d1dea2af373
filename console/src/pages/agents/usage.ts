import type { ModelUse } from './api'

/** Ranges of time to look at, in days, and by what they are summed up. */
export const RANGES = { '24h': { days: 1, label: '24 hours', by: 'hour' }, '7d': { days: 7, label: '7 days', by: 'day' }, '30d': { days: 30, label: '30 days', by: 'day' } } as const

export type Range = keyof typeof RANGES

export interface Totals {
  calls: number
  failed: number
  inputTokens: number
  outputTokens: number
  unpriced: number
  costs: Record<string, number>
}

export function totals(uses: readonly ModelUse[]): Totals {
  const sum: Totals = { calls: 0, failed: 0, inputTokens: 0, outputTokens: 0, unpriced: 0, costs: {} }
  for (const use of uses) {
    sum.calls += use.calls
    sum.failed += use.failed
    sum.inputTokens += use.input_tokens
    sum.outputTokens += use.output_tokens
    sum.unpriced += use.unpriced
    for (const [currency, cost] of Object.entries(use.costs)) sum.costs[currency] = (sum.costs[currency] ?? 0) + Number(cost)
  }
  return sum
}

/** 0.0123 USD; several currencies beside each other; a dash for none. */
export function money(costs: Record<string, number>): string {
  const each = Object.entries(costs).map(([currency, cost]) => `${amount(Number(cost))} ${currency}`)
  return each.length ? each.join(' + ') : '–'
}

function amount(value: number): string {
  return value === 0 ? '0' : value < 0.0001 ? value.toExponential(1) : value.toLocaleString('en', value < 1 ? { maximumSignificantDigits: 3 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

export interface Timeline {
  at: number[]
  calls: number[]
  failed: number[]
  tokens: number[]
  cost: number[]
}

/** One value for each hour or day of the range, also for those in which nothing was asked. Keys are begins in UTC. */
export function timeline(uses: readonly ModelUse[], range: Range, now: number): Timeline {
  const { days, by } = RANGES[range]
  const step = by === 'hour' ? 3_600_000 : 86_400_000
  const known = new Map(uses.map((use) => [Math.floor(Date.parse(begin(use.key)) / step), use]))
  const last = Math.floor(now / step)
  const steps = Array.from({ length: (days * 86_400_000) / step + 1 }, (_, i) => last - (days * 86_400_000) / step + i)
  const values = (of: (use: ModelUse) => number) => steps.map((each) => {
    const use = known.get(each)
    return use ? of(use) : 0
  })
  return {
    at: steps.map((each) => each * step),
    calls: values((use) => use.calls),
    failed: values((use) => use.failed),
    tokens: values((use) => use.input_tokens + use.output_tokens),
    cost: values((use) => Object.values(use.costs).reduce((sum, cost) => sum + Number(cost), 0)),
  }
}

/** A key names a day (2027-01-31) or the begin of an hour (2027-01-31T09:00:00Z). */
function begin(key: string): string {
  return key.length === 10 ? `${key}T00:00:00Z` : key
}

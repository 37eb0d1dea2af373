import { describe, expect, it } from 'vitest'
import type { ModelUse } from './api'
import { money, timeline, totals } from './usage'

const use = (key: string, more: Partial<ModelUse> = {}): ModelUse => ({ key, calls: 1, failed: 0, attempts: 1, input_tokens: 10, output_tokens: 5, costs: {}, unpriced: 0, average_ms: 1, longest_ms: 1, ...more })

describe('use of models', () => {
  it('is summed up, costs by currency', () => {
    const sum = totals([use('a', { costs: { USD: 0.5 } }), use('b', { failed: 1, costs: { USD: 0.25, EUR: 1 }, unpriced: 1 })])
    expect(sum).toEqual({ calls: 2, failed: 1, inputTokens: 20, outputTokens: 10, unpriced: 1, costs: { USD: 0.75, EUR: 1 } })
  })

  it('has a value for every hour of the day, also for the quiet ones', () => {
    const now = Date.parse('2027-01-31T12:30:00Z')
    const line = timeline([use('2027-01-31T09:00:00Z', { calls: 4 })], '24h', now)
    expect(line.at).toHaveLength(25)
    expect(line.calls[line.at.indexOf(Date.parse('2027-01-31T09:00:00Z'))]).toBe(4)
    expect(line.calls.reduce((a, b) => a + b)).toBe(4)
    expect(line.at.at(-1)).toBe(Date.parse('2027-01-31T12:00:00Z'))
  })

  it('is told by days of UTC', () => {
    const line = timeline([use('2027-01-30', { costs: { USD: 2 } })], '7d', Date.parse('2027-01-31T12:30:00Z'))
    expect(line.cost.at(-2)).toBe(2)
  })
})

describe('money', () => {
  it('is written so that small sums can be told apart', () => {
    expect(money({ USD: 0.0123 })).toBe('0.0123 USD')
    expect(money({ USD: 1234.5, EUR: 2 })).toBe('1,234.50 USD + 2.00 EUR')
    expect(money({ USD: 0.0000021 })).toBe('2.1e-6 USD')
    expect(money({})).toBe('–')
  })
})

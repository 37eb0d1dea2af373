import { expect, it } from 'vitest'
import { inSteps, perMinute } from './minutes'

const NOW = Date.parse('2026-01-01T12:03:30Z')
const items = [{ minute: '2026-01-01T12:01:00Z', finished: 4 }, { minute: '2026-01-01T12:03:00Z', finished: 6 }]

it('fills the minutes in which nothing ended', () => expect(perMinute(items, 4, (item) => item.finished, 0, NOW).values).toEqual([0, 4, 0, 6]))
it('joins minutes to steps, without the first ones that make no whole step', () => {
  const series = perMinute(items, 5, (item) => item.finished, null, NOW)
  const joined = inSteps(series, 2, (values) => Math.max(...values))
  expect(joined.values).toEqual([null, 6].map((_, i) => [4, 6][i]))
  expect(new Date(joined.at[0]!).toISOString()).toBe('2026-01-01T12:00:00.000Z')
})

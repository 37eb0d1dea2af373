import { describe, expect, it } from 'vitest'
import { oneOf, text } from './search'

describe('search parameters', () => {
  it('are texts, also where an address has a number', () => {
    expect(text({ owner: 'ada', page: 12, empty: '', list: ['a'] }, 'owner')).toBe('ada')
    expect(text({ page: 12 }, 'page')).toBe('12')
    expect(text({ empty: '', list: ['a'] }, 'empty')).toBeUndefined()
    expect(text({ filter: { age: 3 } }, 'filter')).toBe('{"age":3}')
  })

  it('are left out when they are none of those that are known', () => {
    expect(oneOf({ by: 'day' }, 'by', ['day', 'hour'])).toBe('day')
    expect(oneOf({ by: 'year' }, 'by', ['day', 'hour'])).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { pricing, texts } from './modelCards'

describe('model cards', () => {
  it('tell prices for a million tokens', () => {
    expect(pricing({ pricing: { inputPricePerToken: 0.00000015, outputPricePerToken: 0.0000006, currency: 'USD' } })).toBe('0.15 / 0.6 USD per million tokens read / written')
    expect(pricing({ pricing: { inputPricePerToken: 0.000003 } })).toBe('3 / – USD per million tokens read / written')
    expect(pricing({})).toBeUndefined()
  })

  it('list texts only', () => {
    expect(texts({ skills: ['a', 1, null, 'b'] }, 'skills')).toEqual(['a', 'b'])
    expect(texts({ skills: 'a' }, 'skills')).toEqual([])
  })
})

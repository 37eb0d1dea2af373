import { describe, expect, it } from 'vitest'
import { parse, stringify } from './json'

describe('JSON', () => {
  it('keeps integers that a double cannot hold', () => {
    expect(stringify(parse('{"id":9007199254740993,"n":12345678901234567890,"x":1.5}'), 0)).toBe('{"id":9007199254740993,"n":12345678901234567890,"x":1.5}')
  })
  it('leaves fractions and exponents alone, however long', () => {
    expect(parse('[0.25000000000000000,-2.00000000000000001e2,1e-0000000000000001,-9007199254740993]')).toEqual([0.25, -200, 0.1, -9007199254740993n])
  })
  it('indents, and writes empty values short', () => {
    expect(stringify({ a: [], b: { c: [1, null] }, d: undefined })).toBe('{\n  "a": [],\n  "b": {\n    "c": [\n      1,\n      null\n    ]\n  }\n}')
  })
})

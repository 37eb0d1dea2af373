import { describe, expect, it } from 'vitest'
import { parse, stringify } from './json'

describe('JSON', () => {
  it('keeps integers that a double cannot hold', () => {
    expect(stringify(parse('{"id":9007199254740993,"n":12345678901234567890,"x":1.5}'), 0)).toBe('{"id":9007199254740993,"n":12345678901234567890,"x":1.5}')
  })
  it('reads fractions of many digits', () => {
    expect(parse('[0.007337387625594923,-1.25e-5,-12345678901234567]')).toEqual([0.007337387625594923, -1.25e-5, -12345678901234567n])
  })
  it('indents, and writes empty values short', () => {
    expect(stringify({ a: [], b: { c: [1, null] }, d: undefined })).toBe('{\n  "a": [],\n  "b": {\n    "c": [\n      1,\n      null\n    ]\n  }\n}')
  })
})

import { describe, expect, it } from 'vitest'
import { bytes, duration, relative, short } from './format'

describe('format', () => {
  it.each([[0.44, '0.4 ms'], [250, '250 ms'], [3240, '3.2 s'], [45_900, '45 s'], [245_000, '4 min 5 s'], [7_800_000, '2 h 10 min'], [273_600_000, '3 d 4 h'], [null, '–'], [-500, '−500 ms']])('duration of %s', (ms, text) => expect(duration(ms)).toBe(text))
  it.each([[0, '0 B'], [999, '999 B'], [1500, '1.5 kB'], [123_456_789, '123 MB']])('bytes of %s', (size, text) => expect(bytes(size)).toBe(text))
  it.each([[12, '12'], [9999, '9,999'], [12_345, '12.3K'], [0.125, '0.13']])('short of %s', (value, text) => expect(short(value)).toBe(text))
  it('says how far a moment is', () => {
    const now = Date.parse('2026-01-01T12:00:00Z')
    expect(relative(new Date(now - 200), now)).toBe('now')
    expect(relative(new Date(now - 42_700), now)).toBe('42 s ago')
    expect(relative(new Date(now + 7_800_000), now)).toBe('in 2 h')
  })
})

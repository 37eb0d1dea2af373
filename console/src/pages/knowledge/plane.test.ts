import { describe, expect, it } from 'vitest'
import { fit, groupsOf, MARKS, nearest, OTHER_MARK } from './plane'

describe('the map', () => {
  it('fits all points into the picture, upwards', () => {
    const { place } = fit([{ x: -1, y: 0 }, { x: 3, y: 2 }], 100, 100, 10)
    expect(place({ x: -1, y: 0 })).toEqual({ x: 10, y: 90 })
    expect(place({ x: 3, y: 2 })).toEqual({ x: 90, y: 10 })
  })
  it('puts a single point into the middle', () => {
    expect(fit([{ x: 5, y: 5 }], 100, 60).place({ x: 5, y: 5 })).toEqual({ x: 50, y: 30 })
  })
  it('finds the nearest point within reach', () => {
    const places = [{ x: 0, y: 0 }, { x: 10, y: 0 }]
    expect(nearest(places, { x: 8, y: 1 })).toBe(1)
    expect(nearest(places, { x: 50, y: 50 })).toBe(-1)
  })
  it('marks the most frequent values, and the others together', () => {
    const values = ['b', 'a', 'a', ...Array.from({ length: 8 }, (_, i) => `z${i}`)]
    const { groups, markOf } = groupsOf(values)
    expect(groups[0]).toEqual({ name: 'a', count: 2, mark: MARKS[0] })
    expect(groups.at(-1)).toEqual({ name: '3 others', count: 3, mark: OTHER_MARK })
    expect(markOf('z7')).toBe(OTHER_MARK)
  })
})

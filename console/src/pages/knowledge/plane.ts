/** The geometry of the similarity map, without the page. */

export interface Point {
  x: number
  y: number
}

export interface View {
  /** Where on the screen a point of the plane is. */
  place: (point: Point) => Point
}

/** Fits all points into a picture with a margin, each axis by itself, since distances of a projection have no unit. */
export function fit(points: readonly Point[], width: number, height: number, margin = 18): View {
  const range = (values: number[]) => {
    let [low, high] = [Infinity, -Infinity]
    for (const value of values) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    return low > high ? [0, 1] as const : low === high ? [low - 1, high + 1] as const : [low, high] as const
  }
  const [left, right] = range(points.map((point) => point.x))
  const [bottom, top] = range(points.map((point) => point.y))
  return {
    place: (point) => ({
      x: margin + ((point.x - left) / (right - left)) * (width - 2 * margin),
      y: height - margin - ((point.y - bottom) / (top - bottom)) * (height - 2 * margin),
    }),
  }
}

/** The place of the point nearest to a place on the screen, if it is within reach; else -1. */
export function nearest(places: readonly Point[], at: Point, reach = 14): number {
  let best = -1
  let least = reach * reach
  places.forEach((place, i) => {
    const distance = (place.x - at.x) ** 2 + (place.y - at.y) ** 2
    if (distance <= least) {
      least = distance
      best = i
    }
  })
  return best
}

/** Colours for light and dark that can be told apart, each with a shape, so that colour is never alone. */
export const MARKS = [
  { light: '#0f766e', dark: '#2dd4bf', shape: 'circle' },
  { light: '#1d4ed8', dark: '#7db0ff', shape: 'square' },
  { light: '#b45309', dark: '#fbbf24', shape: 'triangle' },
  { light: '#b91c1c', dark: '#f87171', shape: 'diamond' },
  { light: '#6d28d9', dark: '#c4a5ff', shape: 'down' },
  { light: '#be185d', dark: '#f9a8d4', shape: 'plus' },
  { light: '#3f6212', dark: '#bef264', shape: 'cross' },
] as const
export const OTHER_MARK = { light: '#64748b', dark: '#94a3b8', shape: 'ring' } as const

export type Mark = (typeof MARKS)[number] | typeof OTHER_MARK

export interface Group {
  name: string
  mark: Mark
  count: number
}

/** The values of a field, the most frequent first; what is beyond the marks is "other". */
export function groupsOf(values: readonly string[]): { groups: Group[]; markOf: (value: string) => Mark } {
  const counts = new Map<string, number>()
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1))
  const sorted = [...counts].toSorted(([a, n], [b, m]) => m - n || a.localeCompare(b))
  const marks = new Map(sorted.slice(0, MARKS.length).map(([name], i) => [name, MARKS[i]!]))
  const groups: Group[] = sorted.slice(0, MARKS.length).map(([name, count]) => ({ name, count, mark: marks.get(name)! }))
  const others = sorted.slice(MARKS.length)
  if (others.length) groups.push({ name: `${others.length} others`, count: others.reduce((sum, [, count]) => sum + count, 0), mark: OTHER_MARK })
  return { groups, markOf: (value) => marks.get(value) ?? OTHER_MARK }
}

/** The outline of a mark around a place; a path for a canvas or for SVG. */
export function outline(shape: Mark['shape'], { x, y }: Point, r: number): string {
  switch (shape) {
    case 'circle':
    case 'ring':
      return `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`
    case 'square':
      return `M${x - r * 0.9},${y - r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}Z`
    case 'triangle':
      return `M${x},${y - r * 1.2}L${x + r * 1.1},${y + r * 0.8}L${x - r * 1.1},${y + r * 0.8}Z`
    case 'down':
      return `M${x},${y + r * 1.2}L${x + r * 1.1},${y - r * 0.8}L${x - r * 1.1},${y - r * 0.8}Z`
    case 'diamond':
      return `M${x},${y - r * 1.25}L${x + r * 1.25},${y}L${x},${y + r * 1.25}L${x - r * 1.25},${y}Z`
    case 'plus':
      return `M${x - r * 0.4},${y - r * 1.2}h${r * 0.8}v${r * 0.8}h${r * 0.8}v${r * 0.8}h${-r * 0.8}v${r * 0.8}h${-r * 0.8}v${-r * 0.8}h${-r * 0.8}v${-r * 0.8}h${r * 0.8}Z`
    case 'cross':
      return `M${x - r},${y - r * 0.6}l${r * 0.4},${-r * 0.4}l${r * 0.6},${r * 0.6}l${r * 0.6},${-r * 0.6}l${r * 0.4},${r * 0.4}l${-r * 0.6},${r * 0.6}l${r * 0.6},${r * 0.6}l${-r * 0.4},${r * 0.4}l${-r * 0.6},${-r * 0.6}l${-r * 0.6},${r * 0.6}l${-r * 0.4},${-r * 0.4}l${r * 0.6},${-r * 0.6}Z`
  }
}

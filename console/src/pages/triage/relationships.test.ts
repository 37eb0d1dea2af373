import { describe, expect, it } from 'vitest'
import { concernsOf, countsOf, edgesOf, pictureOf, repositoriesOf, type RelationshipDocument } from './relationships'

const document: RelationshipDocument = {
  relationships: {
    'a/api': { consumers: [{ repo: 'b/web', change_triggers: ['endpoints'] }], derivatives: [{ repo: 'c/fork', shared_concerns: ['logging'] }] },
    'b/web': { consumers: [{ repo: 'd/tests' }] },
    'x/alone': { consumers: [{ repo: 'y/other' }] },
  },
}
const edges = edgesOf(document)

describe('relationships', () => {
  it('are edges from a repository to those that depend on it', () => {
    expect(edges.map((each) => `${each.source} ${each.kind} ${each.target}`)).toEqual(['a/api consumer b/web', 'a/api derivative c/fork', 'b/web consumer d/tests', 'x/alone consumer y/other'])
    expect(repositoriesOf(edges)).toEqual(['a/api', 'b/web', 'c/fork', 'd/tests', 'x/alone', 'y/other'])
    expect(edges.map(concernsOf)).toEqual([['endpoints'], ['logging'], [], []])
  })

  it('are all in one picture if they are few', () => {
    expect(pictureOf(edges, undefined, 10)).toMatchObject({ hidden: 0, edges })
  })

  it('are those around a repository if there is one to look at', () => {
    const part = pictureOf(edges, 'd/tests', 10)
    expect(part.repositories).toEqual(['a/api', 'b/web', 'c/fork', 'd/tests'])
    expect(part.hidden).toBe(2)
  })

  it('leave out what is farthest where they are too many, and say how many', () => {
    const part = pictureOf(edges, undefined, 3)
    expect(part.repositories).toHaveLength(3)
    expect(part.hidden).toBe(3)
    expect(part.edges.every((each) => part.repositories.includes(each.source) && part.repositories.includes(each.target))).toBe(true)
  })
})

describe('a file to import', () => {
  it('is counted before it is sent', () => {
    expect(countsOf(JSON.parse(JSON.stringify(document)))).toEqual({ sources: 3, dependents: 4 })
    expect(countsOf([])).toBeUndefined()
    expect(countsOf({ relationships: [] })).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { defaultsOf, missing, withRepositories } from './skillInput'

describe('the input of a skill', () => {
  it('offers repositories where a field names one, at any depth', () => {
    const schema = { properties: { repo: { type: 'string' }, change_event: { type: 'object', properties: { source_repo: { type: 'string' }, branch: { type: 'string' } } } } }
    const offered = withRepositories(schema, ['a/b', 'c/d'])
    expect(offered.properties?.repo?.examples).toEqual(['a/b', 'c/d'])
    expect(offered.properties?.change_event?.properties?.source_repo?.examples).toEqual(['a/b', 'c/d'])
    expect(offered.properties?.change_event?.properties?.branch?.examples).toBeUndefined()
    expect(withRepositories({ properties: { report: { type: 'string' } } }, ['a/b']).properties?.report?.examples).toBeUndefined()
  })

  it('begins with the defaults of its schema', () => {
    expect(defaultsOf({ properties: { limit: { type: 'integer', default: 5 }, flag: { type: 'boolean', default: false }, text: { type: 'string' } } })).toEqual({ limit: 5, flag: false })
  })

  it('tells what is missing', () => {
    expect(missing({ required: ['a', 'b', 'c'] }, { a: 1, b: '' })).toEqual(['b', 'c'])
  })
})

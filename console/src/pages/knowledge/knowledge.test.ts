import { describe, expect, it } from 'vitest'
import { entryOf, type Entry } from './api'
import { facts, KINDS } from './kinds'
import { explain } from './explain'

describe('hits', () => {
  it('lead to the page of their entry', () => {
    expect(entryOf('pattern:01234')).toEqual({ kind: 'patterns', id: '01234' })
    expect(entryOf('issue:a:b')).toEqual({ kind: 'issues', id: 'a:b' })
  })
  it('say what each ranker thought, the words first', () => {
    expect(explain({ semantic: { rank: 2, score: 0.8123 }, text: { rank: 1, score: 4.21 } }).map((part) => part.text)).toEqual(['words: no. 1, 4.2', 'meaning: no. 2, 0.81'])
  })
})

describe('entries', () => {
  it('show what is not empty and not shown elsewhere', () => {
    const entry: Entry = { id: '1', repository: 'a/b', created_at: '', updated_at: '', name: 'Outbox', description: 'd', context: '', keywords: ['x', 'y'], details: {} }
    expect(facts(KINDS.patterns, entry)).toEqual([{ name: 'keywords', value: 'x, y' }])
  })
})

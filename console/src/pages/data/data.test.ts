import { describe, expect, it } from 'vitest'
import type { Document } from './api'
import { complete, completionAt, STAGES } from './completion'
import { columnsOf, difference, examplesOf, fieldsOf, typeOf } from './documents'
import { progress, ttlText } from './words'
import { planOf } from './plan'

const documents: Document[] = [{ _id: 'o1', total: 12, user: { id: 77, name: 'Ada' }, items: [{ sku: 'a' }] }, { _id: 'o2', total: 99n, status: 'open', at: { $date: '2026-01-01T00:00:00Z' } }]
const fields = fieldsOf(documents)

describe('fields of documents', () => {
  it('go through objects and arrays of objects', () => {
    expect(fields.map((field) => field.path).toSorted()).toEqual(['_id', 'at', 'items', 'items.sku', 'status', 'total', 'user', 'user.id', 'user.name'])
    expect(fields.find((field) => field.path === 'total')).toMatchObject({ types: ['number'], samples: [12, 99n], count: 2 })
    expect(typeOf(documents[1]!.at!)).toBe('date')
  })
  it('make examples that fit what is there', () => {
    const examples = examplesOf(fields)
    expect(examples.find((each) => each.label === 'total in a range')?.filter).toEqual({ total: { $gte: 12, $lt: 1000 } })
    expect(examples.some((each) => each.label === 'items has so many elements')).toBe(true)
  })
  it('make columns, simple values first', () => {
    expect(columnsOf(fields, 3)).toEqual(['total', 'status', 'at'])
  })
})

describe('completion', () => {
  it('offers the fields that begin so, then those that have it', () => {
    const text = '{"us'
    const found = completionAt(text, text.length, fields)!
    expect(found.options.map((option) => option.label)).toEqual(['user', 'user.id', 'user.name', 'status'])
    expect(complete(text, found, found.options[1]!.insert)).toEqual({ text: '{"user.id"', caret: 10 })
  })
  it('takes the quote that stands behind the caret', () => {
    const found = completionAt('{"tot": 1}', 5, fields)!
    expect(complete('{"tot": 1}', { ...found, to: found.to }, '"total"').text).toBe('{"total": 1}')
  })
  it('offers operators behind a dollar, and values behind a colon', () => {
    expect(completionAt('{"total": {"$g', 14, fields)!.options.map((option) => option.label)).toEqual(['$gt', '$gte', '$regex'].filter((word) => word.includes('$g')))
    expect(completionAt('{"status": "', 12, fields)!.options.map((option) => option.label)).toEqual(['open'])
    expect(completionAt('[{"$gro', 7, fields, STAGES)!.options[0]!.label).toBe('$group')
  })
  it('offers nothing outside of texts', () => {
    expect(completionAt('{"a": 1', 7, fields)).toBeUndefined()
  })
})

describe('plans', () => {
  it('become trees with their rows and what was said of them', () => {
    const [root] = planOf(['Limit  (cost=0.00..8.17 rows=100 width=72)', '  ->  Index Scan using documents_pkey on documents  (cost=0.15..8.17 rows=1 width=72)', '        Index Cond: (collection_id = 3)', 'Planning Time: 0.1 ms'])
    expect(root).toMatchObject({ title: 'Limit', rows: 100, about: 'stops after so many' })
    expect(root!.children[0]).toMatchObject({ title: 'Index Scan using documents_pkey on documents', cost: 8.17, details: ['Index Cond: (collection_id = 3)', 'Planning Time: 0.1 ms'] })
  })
})

describe('conflicts', () => {
  it('show what only one of both has', () => {
    expect(difference('{\n a: 1,\n b: 2\n}', '{\n a: 1,\n b: 3\n}')).toEqual([{ line: '{', of: 'both' }, { line: ' a: 1,', of: 'both' }, { line: ' b: 3', of: 'theirs' }, { line: ' b: 2', of: 'mine' }, { line: '}', of: 'both' }])
  })
})

describe('words', () => {
  it('say how long an entry lives', () => {
    expect(ttlText(null)).toBe('stays')
    expect(ttlText(90_000)).toBe('1 min 30 s')
    expect(ttlText(0)).toBe('expired')
  })
  it('say how far an import is', () => {
    const report = { read: 1200, written: 1000, skipped: 5, rejected: 2, vanished: 0, expired: 0, types: {}, unsupported: {}, notes: {}, indexes: [], checks: [] }
    expect(progress(report)).toBe('1,200 read, 1,000 written, 5 skipped, 2 rejected')
  })
})

import { describe, expect, it } from 'vitest'
import { outcome, progressOf, subject, type IngestionTask } from './ingestion'

const task: IngestionTask = { id: '1', type: 'scan_repository', state: 'started', created_at: '2026-01-01T00:00:00Z', payload: { path: '/src/app' }, result: null, error: null, progress: null }

describe('ingestion', () => {
  it('is about a path, an address or a repository', () => {
    expect(subject(task)).toBe('/src/app')
    expect(subject({ ...task, payload: { path: '.', repository: 'a/b' } })).toBe('a/b')
    expect(subject({ ...task, payload: null })).toBe('')
  })
  it('tells its progress when there is one', () => {
    expect(progressOf(task)).toBeUndefined()
    expect(progressOf({ ...task, progress: { percent: 40, message: '4 of 10 files' } })).toEqual({ percent: 40, message: '4 of 10 files' })
  })
  it('tells what was counted, or why it failed', () => {
    expect(outcome({ ...task, result: { counters: { patterns: { total: 3, added: 1 }, lessons: { total: 0 }, errors: 2 } } })).toBe('3 patterns, 2 errors')
    expect(outcome({ ...task, error: 'no repository' })).toBe('no repository')
  })
})

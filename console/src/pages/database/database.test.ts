import { describe, expect, it } from 'vitest'
import { deadShare, indexAdvice, tableAdvice } from './advice'
import type { Backup, BackupRun, DatabaseSession, Drill, IndexUse, TableSize } from './api'
import { checksOf, concerns, lastPassed, newestGood } from './backups'
import { fact, script, summary, troubled, type Check } from './doctor'
import { isoMillis } from './iso'
import { lockTree } from './lockTree'
import { isMisjudged, steps } from './plan'
import { choice, flag, text } from './search'
import { since } from './windows'

const session = (pid: number, ...blockedBy: number[]) => ({ pid, role: 'r', application: 'a', state: 'active', query: 'SELECT', blocked_by: blockedBy }) as DatabaseSession
const waits = (pid: number, ...blockedBy: number[]) => ({ mode: 'ShareLock', object: 'tasks', waited_ms: 5, session: session(pid, ...blockedBy) })

describe('the tree of locks', () => {
  it('has those who wait below those who hold, whoever holds up most first', () => {
    const trees = lockTree({ items: [waits(2, 1), waits(3, 2), waits(9, 8)], holders: [session(8), session(1)] })
    expect(trees.map((each) => [each.session.pid, each.count])).toEqual([[1, 2], [8, 1]])
    expect(trees[0]!.waiting[0]!.waiting[0]!.session.pid).toBe(3)
  })
  it('shows one who waits for two below both, counted once', () => {
    const trees = lockTree({ items: [waits(2, 1), waits(3, 1), waits(4, 2, 3)], holders: [session(1)] })
    expect(trees[0]!.count).toBe(3)
    expect(trees[0]!.waiting.map((each) => each.waiting.map((below) => below.session.pid))).toEqual([[4], [4]])
  })
  it('cuts a circle and shows everybody in it', () => {
    const trees = lockTree({ items: [waits(1, 2), waits(2, 1)], holders: [] })
    expect(trees).toHaveLength(1)
    expect(trees[0]!.waiting.map((each) => each.session.pid)).toEqual([2])
    expect(trees[0]!.waiting[0]!.waiting).toEqual([])
  })
})

describe('a plan', () => {
  const plan = { Plan: { 'Node Type': 'Nested Loop', 'Total Cost': 30, 'Plan Rows': 5, 'Actual Rows': 500, 'Actual Loops': 1, 'Actual Total Time': 20, Plans: [
    { 'Node Type': 'Seq Scan', 'Relation Name': 'tasks', 'Filter': '(x)', 'Total Cost': 10, 'Plan Rows': 5, 'Actual Rows': 50, 'Actual Loops': 10, 'Actual Total Time': 1.5 },
  ] } }
  it('is taken apart with what each step took by itself, all loops together', () => {
    expect(steps(plan)).toMatchObject([{ depth: 0, ownMs: 5, ownCost: 20, rows: 500 }, { depth: 1, name: 'Seq Scan on tasks', detail: 'filter (x)', ownMs: 15, rows: 500 }])
    expect(steps(null)).toEqual([])
  })
  it('tells where ten times as many rows came', () => {
    expect(steps(plan).map(isMisjudged)).toEqual([true, true])
    expect(isMisjudged({ depth: 0, name: '', detail: '', expectedRows: 1, rows: 20, ownCost: 0 })).toBe(false)
  })
})

describe('advice', () => {
  const table = { name: 't', live_rows: 5000, dead_rows: 0, analyzed_at: '2026-01-01T00:00:00Z' } as TableSize
  it('is given for dead rows and missing statistics', () => {
    expect(tableAdvice(table)).toBeUndefined()
    expect(tableAdvice({ ...table, dead_rows: 5000 })?.fix).toBe('VACUUM t;')
    expect(tableAdvice({ ...table, dead_rows: 500 })).toBeUndefined()
    expect(tableAdvice({ ...table, analyzed_at: null })?.mark).toBe('analyze')
    expect(deadShare({ live_rows: 0, dead_rows: 0 })).toBe(0)
  })
  it('is given for indexes that are broken or large and unused', () => {
    const index = { name: 'i', valid: true, unique: false, scans: 0, bytes: 2 << 20 } as IndexUse
    expect(indexAdvice(index)).toMatchObject({ mark: 'unused', needsLook: true })
    expect(indexAdvice({ ...index, unique: true })).toBeUndefined()
    expect(indexAdvice({ ...index, bytes: 8192 })).toBeUndefined()
    expect(indexAdvice({ ...index, valid: false })?.fix).toContain('REINDEX')
  })
})

describe('backups', () => {
  const now = Date.parse('2026-05-02T00:00:00Z')
  const backup = { name: 'b', taken_at: '2026-05-01T20:00:00Z', key: 'k1' } as Backup
  const passed = { state: 'passed', checks: [{ name: 'rows', ok: true, detail: '5' }, { name: 'keys', ok: false, detail: 'no' }] } as unknown as Drill
  it('are well if the newest is whole, young, encrypted and proven', () => {
    expect(concerns([backup], [], [passed], now)).toEqual([])
  })
  it('say what is wrong', () => {
    expect(concerns([], [{ state: 'failed', error: 'disk full' } as BackupRun], [], now).map((each) => each.text)).toEqual(['There is no backup that could be restored. Make one now.', 'The last backup failed: disk full'])
    expect(concerns([{ ...backup, problem: 'cut' } as Backup, { ...backup, taken_at: '2026-04-01T00:00:00Z', key: null } as Backup], [], [], now).map((each) => each.tone)).toEqual(['bad', 'warn', 'warn', 'warn'])
    expect(newestGood([{ ...backup, problem: 'cut' } as Backup])).toBeUndefined()
    expect(lastPassed([{ state: 'failed' } as Drill, passed])).toBe(passed)
  })
  it('have checks', () => {
    expect(checksOf(passed).map((each) => each.passed)).toEqual([true, false])
    expect(checksOf({ ...passed, checks: undefined } as unknown as Drill)).toEqual([])
  })
})

describe('the doctor', () => {
  const check = (name: string, status: Check['status'], more: Partial<Check> = {}): Check => ({ name, status, area: 'server', title: name, detail: `${name}\nfound`, meaning: '', remedy: 'do it', findings: [], ...more })
  it('tells the worst first', () => {
    const checks = [check('a', 'ok'), check('b', 'unknown'), check('c', 'down'), check('d', 'degraded'), check('e', 'down')]
    expect(troubled(checks).map((each) => each.name)).toEqual(['c', 'e', 'd', 'b'])
    expect(summary(checks)).toBe('2 down, 1 degraded, 1 not examined, 1 well')
  })
  it('writes facts with their unit', () => {
    expect(fact('table_bytes', 2_000_000)).toBe('table 2.0 MB')
    expect(fact('open_seconds', 90)).toBe('open 1 min 30 s')
    expect(fact('dead_ratio', 0.25)).toBe('dead 25.0 %')
    expect(fact('fsync', false)).toBe('not fsync')
    expect(fact('pid', 1234)).toBe('pid 1,234')
  })
  it('makes a script in which only what is safe is run', () => {
    const found = check('x', 'down', { findings: [{ object: 'i', status: 'down', facts: {}, fix: { kind: 'sql', text: 'REINDEX;' } }, { object: 'j\nDROP', status: 'down', facts: {}, fix: { kind: 'review', text: 'DROP INDEX j;\nDROP;' } }] })
    expect(script([found, check('y', 'degraded')])).toBe('-- x: x found\n-- i\nREINDEX;\n-- j DROP\n-- DROP INDEX j;\n-- DROP;\n\n-- y: y found\n-- do it\n')
  })
})

describe('what stands in addresses', () => {
  it('is read with care', () => {
    expect([text('a'), text(''), text(4711), text({})]).toEqual(['a', undefined, '4711', undefined])
    expect([flag(true), flag('true'), flag('no')]).toEqual([true, true, undefined])
    expect([choice('x', ['x', 'y']), choice('z', ['x'])]).toEqual(['x', undefined])
  })
})

it('durations of the server are understood', () => {
  expect([isoMillis('PT15M'), isoMillis('PT1M0.5S'), isoMillis('PT2H'), isoMillis('PT'), isoMillis('10s')]).toEqual([900_000, 60_500, 7_200_000, undefined, undefined])
})

it('a window ends now', () => {
  expect(since('15m', Date.parse('2026-05-01T12:00:00Z'))).toBe('2026-05-01T11:45:00.000Z')
})

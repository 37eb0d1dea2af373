import type { IndexUse, TableSize } from './api'

/** What stands out about a table or index, and what would put it right. */
export interface Advice {
  /** In a word or two, for the list. */
  mark: string
  reason: string
  fix: string
  /** Whether the fix loses something, so that somebody should look first. */
  needsLook: boolean
}

const DEAD_ROWS_MIN = 1_000
const DEAD_SHARE_MAX = 0.2
const ANALYZE_ROWS_MIN = 1_000
const UNUSED_BYTES_MIN = 1 << 20

/** Of all rows that take space, those that are dead. */
export function deadShare({ live_rows: live, dead_rows: dead }: Pick<TableSize, 'live_rows' | 'dead_rows'>): number {
  return dead === 0 ? 0 : dead / (live + dead)
}

export function tableAdvice(table: TableSize): Advice | undefined {
  if (table.dead_rows >= DEAD_ROWS_MIN && deadShare(table) > DEAD_SHARE_MAX) {
    return { mark: 'vacuum', reason: `${Math.round(deadShare(table) * 100)} % of its rows are dead; every read passes them.`, fix: `VACUUM ${table.name};`, needsLook: false }
  }
  if (!table.analyzed_at && table.live_rows >= ANALYZE_ROWS_MIN) {
    return { mark: 'analyze', reason: 'It was never analyzed, so the planner guesses.', fix: `ANALYZE ${table.name};`, needsLook: false }
  }
  return undefined
}

export function indexAdvice(index: IndexUse): Advice | undefined {
  if (!index.valid) {
    return { mark: 'invalid', reason: 'Its building failed: everybody writes it and nobody reads it.', fix: `REINDEX INDEX CONCURRENTLY ${index.name};`, needsLook: false }
  }
  if (!index.unique && index.scans === 0 && index.bytes >= UNUSED_BYTES_MIN) {
    return { mark: 'unused', reason: 'Nothing has used it since the server began to count, and every write pays for it. A replica or a rare report may need it.', fix: `DROP INDEX CONCURRENTLY ${index.name};`, needsLook: true }
  }
  return undefined
}

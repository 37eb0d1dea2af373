import type { Backup, BackupRun, Drill } from './api'

/** The newest backup that can be restored as far as its manifest tells. */
export function newestGood(backups: readonly Backup[]): Backup | undefined {
  return backups.find((each) => !each.problem)
}

/** The last rehearsal that passed: what it measured is what a restore would take. */
export function lastPassed(drills: readonly Drill[]): Drill | undefined {
  return drills.find((each) => each.state === 'passed')
}

export interface DrillCheck {
  name: string
  passed: boolean
  detail: string
}

/** The checks of a rehearsal; the API hands them out as they were stored. */
export function checksOf(drill: Drill): DrillCheck[] {
  const stored: unknown = drill.checks
  if (!Array.isArray(stored)) return []
  return stored.map((each: Record<string, unknown>) => ({ name: String(each.name ?? ''), passed: each.ok === true, detail: String(each.detail ?? '') }))
}

/** What is wrong with the backups as a whole, worst first; empty if nothing is. */
export function concerns(backups: readonly Backup[], runs: readonly BackupRun[], drills: readonly Drill[], now = Date.now()): { tone: 'bad' | 'warn'; text: string }[] {
  const found: { tone: 'bad' | 'warn'; text: string }[] = []
  const newest = newestGood(backups)
  if (!newest) found.push({ tone: 'bad', text: 'There is no backup that could be restored. Make one now.' })
  if (runs[0]?.state === 'failed') found.push({ tone: 'bad', text: `The last backup failed: ${runs[0].error ?? 'see its task'}` })
  if (drills[0]?.state === 'failed') found.push({ tone: 'bad', text: `The last rehearsal failed: ${drills[0].error ?? 'see its checks'}` })
  const damaged = backups.filter((each) => each.problem)
  if (damaged.length) found.push({ tone: 'bad', text: damaged.length === 1 ? `The backup ${damaged[0]!.name} cannot be restored: ${damaged[0]!.problem}` : `${damaged.length} backups cannot be restored.` })
  if (newest && now - Date.parse(newest.taken_at) > 36 * 3_600_000) found.push({ tone: 'warn', text: 'The newest backup is older than a day and a half.' })
  if (newest && !lastPassed(drills)) found.push({ tone: 'warn', text: 'No backup has been proven by a rehearsal yet. Rehearse a restore.' })
  if (newest && !newest.key) found.push({ tone: 'warn', text: 'The newest backup is not encrypted; howdah.operations.backup-keys names a key.' })
  return found
}

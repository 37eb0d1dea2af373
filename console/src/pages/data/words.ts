import { count, duration } from '../../components/format'
import type { DataImport } from './api'

/** How long an entry still lives. */
export function ttlText(ms: number | null): string {
  return ms === null ? 'stays' : ms <= 0 ? 'expired' : duration(ms)
}

/** What an import has done so far. */
export function progress(report: DataImport['report']): string {
  const parts: [number, string][] = [[report.skipped, 'skipped'], [report.rejected, 'rejected'], [report.vanished, 'vanished'], [report.expired, 'expired']]
  return [`${count(report.read)} read`, `${count(report.written)} written`, ...parts.filter(([number]) => number > 0).map(([number, word]) => `${count(number)} ${word}`)].join(', ')
}

/** How a session ended, or whether it lives. */
export function sessionState(session: { ended_at: string | null; end_reason: string | null; expires_at: string }, now: number): string {
  if (session.ended_at) return session.end_reason ?? 'ended'
  return Date.parse(session.expires_at) <= now ? 'expired' : 'live'
}

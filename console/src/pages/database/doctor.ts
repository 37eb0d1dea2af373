import { bytes, count, duration, percent, words } from '../../components/format'

/** How something is; in order of severity. */
export type Status = 'ok' | 'unknown' | 'degraded' | 'down'

export interface Fix {
  kind: 'sql' | 'review' | 'command'
  text: string
}

export interface Finding {
  object: string
  status: Status
  facts: Record<string, string | number | boolean | null>
  fix?: Fix
}

export interface Check {
  name: string
  area: string
  title: string
  status: Status
  detail: string
  meaning: string
  remedy: string
  findings: Finding[]
}

/** What /api/doctor answers. */
export interface Report {
  status: Status
  checks: Check[]
}

const SEVERITY: Record<Status, number> = { down: 3, degraded: 2, unknown: 1, ok: 0 }

/** The checks that are not well, worst first, otherwise in the doctor's order. */
export function troubled(checks: readonly Check[]): Check[] {
  return checks.filter((each) => each.status !== 'ok').sort((a, b) => SEVERITY[b.status] - SEVERITY[a.status])
}

/** "2 down, 3 degraded, 40 well". */
export function summary(checks: readonly Check[]): string {
  const number = (status: Status) => checks.filter((each) => each.status === status).length
  return (['down', 'degraded', 'unknown', 'ok'] as const).filter((status) => number(status) > 0).map((status) => `${number(status)} ${status === 'ok' ? 'well' : status === 'unknown' ? 'not examined' : status}`).join(', ')
}

/** A fact with its unit, which its name ends with. */
export function fact(name: string, value: string | number | boolean | null): string {
  const unit = /_(bytes|seconds|ratio)$/.exec(name)?.[1]
  const label = words(unit ? name.slice(0, -unit.length - 1) : name)
  if (value === null) return `${label} –`
  if (typeof value === 'boolean') return value ? label : `not ${label}`
  if (typeof value === 'string') return `${label} ${value}`
  if (unit === 'bytes') return `${label} ${bytes(value)}`
  if (unit === 'seconds') return `${label} ${duration(value * 1000)}`
  if (unit === 'ratio') return `${label} ${percent(value, 1)}`
  return `${label} ${count(value)}`
}

/** All fixes as a script for psql; what is not to be run unseen is commented out, as `howdah doctor --fix-sql` does. */
export function script(checks: readonly Check[]): string {
  return troubled(checks).flatMap((check) => [
    `-- ${check.name}: ${line(check.detail)}`,
    ...check.findings.flatMap((finding) => (finding.fix ? [`-- ${line(finding.object)}`, finding.fix.kind === 'sql' ? finding.fix.text : comment(finding.fix.text)] : [])),
    ...(check.findings.some((finding) => finding.fix) ? [] : [comment(check.remedy)]),
    '',
  ]).join('\n')
}

function line(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}

function comment(text: string): string {
  return text.split('\n').map((each) => `-- ${each}`).join('\n')
}

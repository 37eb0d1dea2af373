import type { Decision } from './api'

export const URGENCIES = ['critical', 'high', 'medium', 'low', 'none'] as const

export interface DecisionFilter {
  repo?: string
  urgency?: string
  state?: string
  change?: string
}

/** Those that are asked for, newest first. The server knows nothing of what is in a task, so this is of those that were read. */
export function matching(decisions: readonly Decision[], { repo, urgency, state, change }: DecisionFilter): Decision[] {
  return decisions
    .filter(({ payload, result, state: stands }) =>
      (!repo || payload.source_repo === repo || payload.target_repo === repo)
      && (!urgency || (stands === 'finished' && result?.urgency === urgency))
      && (!state || stands === state)
      && (!change || payload.change_event.commit_sha === change))
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
}

/** What it says in a line. */
export function summaryOf(decision: Decision): string {
  if (decision.result?.impact_summary) return decision.result.impact_summary
  if (decision.error) return decision.error
  return decision.state === 'queued' ? 'waits to be decided' : decision.state === 'started' ? 'is being decided' : '–'
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

export interface Totals {
  needAction: number
  open: number
  failed: number
}

export function totalsOf(decisions: readonly Decision[]): Totals {
  return {
    needAction: decisions.filter((each) => each.result?.requires_action).length,
    open: decisions.filter((each) => each.state === 'queued' || each.state === 'started').length,
    failed: decisions.filter((each) => each.state === 'failed').length,
  }
}

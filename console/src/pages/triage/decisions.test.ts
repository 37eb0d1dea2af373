import { describe, expect, it } from 'vitest'
import type { Decision } from './api'
import { matching, summaryOf, totalsOf } from './decisions'

const decision = (id: string, more: Partial<Decision> = {}, urgency?: string): Decision => ({
  id, state: 'finished', type: 'consumer_triage', created_at: `2027-01-0${id}T00:00:00Z`,
  payload: { source_repo: 'a/api', target_repo: 'b/web', relationship_type: 'api_consumer', relationship: {}, change_event: { source_repo: 'a/api', commit_sha: `abc${id}`, commit_message: '', branch: 'main', changed_files: [] } },
  result: urgency ? { requires_action: urgency !== 'none', urgency, impact_summary: `${urgency} thing`, affected_files: [], recommended_changes: '', confidence: 1, reasoning: '', architecture_context: '', model: 'built-in' } : null,
  ...more,
})
const all = [decision('1', {}, 'none'), decision('2', {}, 'critical'), decision('3', { state: 'queued' }), decision('4', { state: 'failed', error: 'no answer' })]

describe('decisions', () => {
  it('are found by repository, urgency, state and change, newest first', () => {
    expect(matching(all, {}).map((each) => each.id)).toEqual(['4', '3', '2', '1'])
    expect(matching(all, { urgency: 'critical' }).map((each) => each.id)).toEqual(['2'])
    expect(matching(all, { state: 'queued' }).map((each) => each.id)).toEqual(['3'])
    expect(matching(all, { change: 'abc1', repo: 'b/web' }).map((each) => each.id)).toEqual(['1'])
    expect(matching(all, { repo: 'c/other' })).toEqual([])
  })

  it('say in a line what they found, or why they did not', () => {
    expect(all.map(summaryOf)).toEqual(['none thing', 'critical thing', 'waits to be decided', 'no answer'])
  })

  it('are counted by what they ask for', () => {
    expect(totalsOf(all)).toEqual({ needAction: 1, open: 1, failed: 1 })
  })
})

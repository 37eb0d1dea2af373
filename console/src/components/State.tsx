import classes from './State.module.css'
import { words } from './format'

/** How a state is to be taken, whatever it belongs to. */
export type Tone = 'idle' | 'busy' | 'good' | 'bad' | 'warn' | 'off'

const TONES: Record<string, Tone> = {
  queued: 'idle', pending: 'idle', waiting: 'idle', scheduled: 'idle', submitted: 'idle', created: 'idle', planned: 'idle', absent: 'idle', unknown: 'idle', info: 'idle',
  started: 'busy', running: 'busy', working: 'busy', active: 'busy', in_progress: 'busy', delivering: 'busy', compensating: 'busy', retrying: 'warn',
  finished: 'good', completed: 'good', succeeded: 'good', ok: 'good', ready: 'good', healthy: 'good', applied: 'good', approved: 'good', delivered: 'good', verified: 'good', primary: 'good', up: 'good',
  failed: 'bad', error: 'bad', rejected: 'bad', lost: 'bad', down: 'bad', critical: 'bad', timed_out: 'bad', damaged: 'bad', high: 'bad', promoted: 'bad',
  paused: 'warn', degraded: 'warn', warning: 'warn', input_required: 'warn', auth_required: 'warn', snoozed: 'warn', released: 'warn', draining: 'warn', medium: 'warn', compensated: 'warn', stale: 'warn', behind: 'warn',
  cancelled: 'off', canceled: 'off', skipped: 'off', discarded: 'off', low: 'off', none: 'off', disabled: 'off', off: 'off',
}

export function toneOf(state: string): Tone {
  return TONES[state.toLowerCase().replaceAll('-', '_')] ?? 'idle'
}

/** A state as a mark with its word: never by colour alone. */
export function State({ state, tone, title }: { state: string; tone?: Tone; title?: string }) {
  return <span className={classes.state} data-tone={tone ?? toneOf(state)} title={title}>{words(state.toLowerCase())}</span>
}

import type { Tone } from '../../components/State'

/** What the state of an action means, in words. */
export const STATES: Record<string, { tone: Tone; means: string }> = {
  recorded: { tone: 'off', means: 'Nothing is configured that would carry it out; it is only written down.' },
  pending: { tone: 'idle', means: 'It is going to be sent.' },
  sending: { tone: 'busy', means: 'It is being sent.' },
  sent: { tone: 'good', means: 'It was sent.' },
  failed: { tone: 'bad', means: 'It could not be sent.' },
  unknown: { tone: 'warn', means: 'The process died while it was sent. It may or may not have arrived, and is not sent again.' },
}

export const KINDS: Record<string, string> = { issue: 'issue in the repository', webhook: 'post to the webhook', digest: 'entry of the digest' }

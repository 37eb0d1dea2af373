import { describe, expect, it } from 'vitest'
import type { StreamItem } from './api'
import { assemble, isAsking, isTerminal, lineOf, questionsOf, sequenceOf, stateLabel, textOf } from './events'

const numbered = (sequence: number) => ({ 'https://howdah.dev/a2a/extensions/replay/v1': { sequence } })
const chunk = (text: string, append = false): StreamItem => ({ artifactUpdate: { artifact: { artifactId: 'a', name: 'answer', parts: [{ text }] }, append } })

describe('events of a task', () => {
  it('tell their sequence, whatever they hold', () => {
    expect(sequenceOf({ statusUpdate: { status: { state: 'TASK_STATE_WORKING' }, metadata: numbered(7) } })).toBe(7)
    expect(sequenceOf({ artifactUpdate: { artifact: { artifactId: 'a' }, metadata: numbered(8) } })).toBe(8)
    expect(sequenceOf({ message: { messageId: 'm', role: 'ROLE_AGENT' } })).toBe(0)
  })

  it('put an artifact together from its pieces', () => {
    expect(assemble([chunk('Hel'), chunk('lo', true)])).toEqual([{ artifactId: 'a', name: 'answer', parts: [{ text: 'Hello' }] }])
  })

  it('begin an artifact anew when it is not appended to', () => {
    expect(assemble([chunk('old'), chunk('new')])[0]?.parts).toEqual([{ text: 'new' }])
  })

  it('keep data apart from texts', () => {
    const data: StreamItem = { artifactUpdate: { artifact: { artifactId: 'a', parts: [{ data: { n: 1 } }] }, append: true } }
    expect(assemble([chunk('x'), data, chunk('y', true)])[0]?.parts).toEqual([{ text: 'x' }, { data: { n: 1 } }, { text: 'y' }])
  })

  it('are told in a line', () => {
    expect(lineOf({ statusUpdate: { status: { state: 'TASK_STATE_INPUT_REQUIRED', timestamp: '2027-01-01T00:00:00Z', message: { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'Which?' }] } } } }))
      .toEqual({ sequence: 0, at: '2027-01-01T00:00:00Z', kind: 'state', state: 'input-required', text: 'Which?' })
    expect(lineOf(chunk('more', true)).text).toBe('answer, more of it: more')
  })
})

describe('states', () => {
  it('are spelled as in the rest of the API', () => {
    expect(stateLabel('TASK_STATE_AUTH_REQUIRED')).toBe('auth-required')
    expect([isTerminal('canceled'), isTerminal('working'), isAsking('input-required'), isAsking('completed')]).toEqual([true, false, true, false])
  })
})

describe('questions', () => {
  it('come with their schema', () => {
    const message = { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'Which branch?' }, { data: { questions: { branch: { message: 'Which branch?', schema: { type: 'string' } } } } }] }
    expect(questionsOf(message)).toEqual([{ key: 'branch', message: 'Which branch?', schema: { type: 'string' } }])
    expect(textOf(message)).toBe('Which branch?')
  })

  it('are none where a task asks in words only', () => {
    expect(questionsOf({ messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'Which skill?' }] })).toEqual([])
  })
})

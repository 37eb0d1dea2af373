import { describe, expect, it } from 'vitest'
import { completions, parseSearch, queryOf } from './grammar'

describe('the search of tasks', () => {
  it.each([
    ['', {}],
    ['type:resize queue:mail', { type: 'resize', queue: 'mail' }],
    ['partition:"acme, inc" state:failed,cancelled', { partition: 'acme, inc', state: 'failed,cancelled' }],
    ['customer.id=7 customer.vip=true city=Linz', { payload: { customer: { id: 7, vip: true }, city: 'Linz' } }],
    ['order=12345678901234567890', { payload: { order: 12345678901234567890n } }],
    ['payload:{"a": {"b": [1, 2]}} timeout', { payload: { a: { b: [1, 2] } }, text: 'timeout' }],
    ['no "space left" type:a', { text: 'no space left', type: 'a' }],
    ['type:', {}],
    ['http://x', { text: 'http://x' }],
  ])('%s', (text, search) => expect(parseSearch(text)).toEqual(search))
  it('says what it does not understand', () => {
    expect(parseSearch('state:done').problem).toContain('"done" is no state')
    expect(parseSearch('payload:{"a" 1}').problem).toContain('JSON')
  })
  it('asks as the server wants it, for the state of the tab unless one is named', () => {
    expect(queryOf(parseSearch('a=1 x'), 'failed')).toEqual({ state: 'failed', payload: '{"a":1}', text: 'x' })
    expect(queryOf(parseSearch('state:queued'), 'failed').state).toBe('queued')
  })
  it('completes the last word', () => {
    const known = { types: ['resize', 'mail_send'], queues: ['mail'] }
    expect(completions('ty', known)).toEqual(['type:', 'type:resize', 'type:mail_send'])
    expect(completions('queue:mail type:re', known)).toEqual(['queue:mail type:resize'])
    expect(completions('mai', known)).toEqual(['type:mail_send', 'queue:mail'])
    expect(completions('state:f', known)).toEqual(['state:finished', 'state:failed'])
    expect(completions('type:resize ', known)).toEqual([])
  })
})

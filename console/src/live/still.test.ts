import { describe, expect, it } from 'vitest'
import { holdStill, whenLetGo } from './still'

describe('what is held still', () => {
  it('changes once, when the last one lets go', () => {
    const seen: string[] = []
    const change = () => void seen.push('changed')
    whenLetGo(change)
    const [one, other] = [holdStill(), holdStill()]
    whenLetGo(change)
    whenLetGo(change)
    one()
    one()
    expect(seen).toEqual(['changed'])
    other()
    expect(seen).toEqual(['changed', 'changed'])
  })
})

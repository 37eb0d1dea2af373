import { describe, expect, it } from 'vitest'
import { matches, originOf, shown } from './origin'

describe('a setting', () => {
  it('says where its value comes from', () => {
    const name = 'howdah.server.port'
    expect(originOf({ name, source: 'default' })).toBe('default')
    expect(originOf({ name, source: 'PORT' })).toBe('environment')
    expect(originOf({ name, source: 'howdah.yml: howdah.server.port' })).toBe('file')
    expect(originOf({ name, source: name })).toBe('command line')
  })
  it('is found by words of its name, variable or description', () => {
    const setting = { name: 'howdah.server.port', variable: 'HOWDAH_SERVER_PORT', description: 'Port for REST' }
    expect(matches(setting, 'server rest')).toBe(true)
    expect(matches(setting, 'SERVER_PORT')).toBe(true)
    expect(matches(setting, 'server mail')).toBe(false)
  })
  it('never shows a secret', () => {
    expect(shown({ value: '***', source: 'HOWDAH_API_KEY', secret: true })).toBe('set, not shown')
    expect(shown({ value: '***', source: 'default', secret: true })).toBe('not set')
    expect(shown({ value: '', source: 'default', secret: false })).toBe('empty')
  })
})

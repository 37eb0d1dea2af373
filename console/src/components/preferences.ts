import { useSyncExternalStore } from 'react'

/** What a person prefers on this device. */
export interface Preferences {
  zone: 'local' | 'utc'
  times: 'relative' | 'absolute'
}

const KEY = 'howdah-preferences'
const listeners = new Set<() => void>()
let current: Preferences = { zone: 'local', times: 'relative', ...read() }

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {} // somebody else wrote it
  }
}

export function setPreferences(change: Partial<Preferences>) {
  current = { ...current, ...change }
  localStorage.setItem(KEY, JSON.stringify(current))
  listeners.forEach((listener) => listener())
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, () => current)
}

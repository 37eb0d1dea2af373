import { useEffect, useSyncExternalStore } from 'react'

/** One registry of what keys and the palette can do, from which the help is made, too. */
export interface Command {
  id: string
  label: string
  about?: string
  group: string
  /** One key, or two in a row such as `g t`. */
  keys?: string
  run: () => void
}

let commands: readonly Command[] = []
const listeners = new Set<() => void>()
const PAIR_WITHIN = 1000

function change(next: readonly Command[]) {
  commands = next
  listeners.forEach((listener) => listener())
}

/** Offers commands while the component is there. */
export function useCommands(offered: Command[], deps: readonly unknown[]) {
  useEffect(() => {
    change([...commands, ...offered])
    return () => change(commands.filter((command) => !offered.includes(command)))
  }, deps)
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, () => commands)
}

let first: { key: string; at: number } | undefined

/** Runs what a key stands for, unless somebody types into a field. */
export function onKey(event: KeyboardEvent) {
  const target = event.target as HTMLElement
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== 'checkbox') return
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return
  const pair = first && Date.now() - first.at < PAIR_WITHIN ? `${first.key} ${event.key}` : undefined
  const command = (pair && commands.find((each) => each.keys === pair)) || commands.find((each) => each.keys === event.key)
  first = { key: event.key, at: Date.now() }
  if (command) {
    first = undefined
    event.preventDefault()
    command.run()
  }
}

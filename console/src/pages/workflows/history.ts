/** What was done, so that it can be undone; typing into one field is one step. */
export interface History<T> {
  past: readonly T[]
  present: T
  future: readonly T[]
  /** What the last step was about; another one with the same tag joins it. */
  tag: string | undefined
}

const STEPS_MAX = 200

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], tag: undefined }
}

export function step<T>(history: History<T>, next: T, tag?: string): History<T> {
  if (next === history.present) return history
  if (tag !== undefined && tag === history.tag) return { ...history, present: next, future: [] }
  return { past: [...history.past, history.present].slice(-STEPS_MAX), present: next, future: [], tag }
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1)
  return last === undefined ? history : { past: history.past.slice(0, -1), present: last, future: [history.present, ...history.future], tag: undefined }
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future
  return next === undefined ? history : { past: [...history.past, history.present], present: next, future, tag: undefined }
}

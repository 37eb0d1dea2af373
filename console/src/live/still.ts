let holders = 0
const waiting = new Set<() => void>()

/**
 * What is on the screen stays as it is until it is let go: while somebody decides in a dialog, the row that it is about must not go away
 * under them.
 *
 * @returns lets go
 */
export function holdStill(): () => void {
  let isHolding = true
  holders++
  return () => {
    if (!isHolding) return
    isHolding = false
    if (--holders > 0) return
    const changes = [...waiting]
    waiting.clear()
    changes.forEach((change) => change())
  }
}

/** Makes a change now, or as soon as nobody holds; once, however often it was asked for meanwhile. */
export function whenLetGo(change: () => void): void {
  if (holders === 0) change()
  else waiting.add(change)
}

import type { DatabaseSession, Lock, Locks } from './api'

/** A session in the tree of who waits for whom: those below it wait for it. */
export interface Blocker {
  session: DatabaseSession
  /** What it waits for itself; absent of those at the top. */
  lock?: Lock
  waiting: Blocker[]
  /** Everybody who goes on when it ends, however far below. */
  count: number
}

/**
 * The tree of those who wait. One who waits for several stands below each of them; where sessions wait for each other in a circle,
 * which the server ends after a second, the circle is cut where it closes, so that everybody is shown.
 */
export function lockTree({ items, holders }: Locks): Blocker[] {
  const locks = new Map(items.map((lock) => [lock.session.pid, lock]))
  const below = (pid: number, above: ReadonlySet<number>): Blocker[] =>
    items.filter((lock) => lock.session.blocked_by.includes(pid) && !above.has(lock.session.pid)).map((lock) => node(lock.session, lock, above))
  const node = (session: DatabaseSession, lock: Lock | undefined, above: ReadonlySet<number>): Blocker => {
    const waiting = below(session.pid, new Set([...above, session.pid]))
    return { session, lock, waiting, count: new Set(waiting.flatMap(pids)).size }
  }
  const trees = holders.map((holder) => node(holder, locks.get(holder.pid), new Set()))
  const seen = new Set(trees.flatMap(pids))
  for (const lock of items) {
    if (seen.has(lock.session.pid)) continue
    const tree = node(lock.session, lock, new Set())
    pids(tree).forEach((pid) => seen.add(pid))
    trees.push(tree)
  }
  return trees.sort((a, b) => b.count - a.count)
}

function pids(blocker: Blocker): number[] {
  return [blocker.session.pid, ...blocker.waiting.flatMap(pids)]
}

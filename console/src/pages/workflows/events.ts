import type { ExecutionEvent } from './api'

/** Whether an event tells of something that went wrong. */
export function isFailure(event: ExecutionEvent): boolean {
  return /_failed$|_blocked$|_rejected$|_cancelled$|_retry$/.test(event.type)
}

/** Whether an event is about this node or a child of it, went wrong if that is asked for, and has the text in it. */
export function matches(event: ExecutionEvent, filter: { q?: string; failed?: boolean }, node?: string): boolean {
  if (filter.failed && !isFailure(event)) return false
  if (node && event.node_id !== node && !event.node_id?.startsWith(`${node}/`)) return false
  if (!filter.q) return true
  const wanted = filter.q.toLowerCase()
  return [event.type, event.type.replaceAll('_', ' '), event.node_id, event.message, event.error].some((text) => text?.toLowerCase().includes(wanted))
}

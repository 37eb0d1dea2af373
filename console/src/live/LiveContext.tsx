import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Live, LiveState } from './live'

export const LiveContext = createContext<Live | undefined>(undefined)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('outside of the application')
  return live
}

/** Whether what is on the screen follows the server. */
export function useLiveState(): LiveState {
  const live = useLive()
  return useSyncExternalStore(live.subscribe, live.snapshot)
}

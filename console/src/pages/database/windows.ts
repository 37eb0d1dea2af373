/** The windows in which slow statements are looked at; sums are kept for a day. */
export const WINDOWS = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440 } as const

export type Window = keyof typeof WINDOWS

export const WINDOW_DEFAULT: Window = '1h'

/** When a window begins, as the API takes it. */
export function since(window: Window, now = Date.now()): string {
  return new Date(now - WINDOWS[window] * 60_000).toISOString()
}

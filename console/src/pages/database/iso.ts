const PART = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/

/** Milliseconds of a duration such as PT1M30S, as the server writes it; undefined if it is none. */
export function isoMillis(text: string): number | undefined {
  const match = PART.exec(text)
  if (!match || text === 'PT') return undefined
  const [, hours = '0', minutes = '0', seconds = '0'] = match
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/** How numbers, sizes and times are written. Everything takes null for "not known" and writes a dash. */

const number = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export function count(value: number | null | undefined): string {
  return value == null ? '–' : number.format(value)
}

/** "1 entry", "2 entries". */
export function counted(value: number | null | undefined, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** 12,345 → 12.3K, for tiles and axes. */
export function short(value: number | null | undefined): string {
  return value == null ? '–' : Math.abs(value) < 10_000 ? number.format(Math.round(value * 100) / 100) : compact.format(value)
}

export function percent(value: number | null | undefined, digits = 0): string {
  return value == null || Number.isNaN(value) ? '–' : `${(value * 100).toFixed(digits)} %`
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function bytes(value: number | null | undefined): string {
  if (value == null) return '–'
  const power = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, Math.abs(value))) / Math.log(1000))))
  const scaled = value / 1000 ** power
  return `${power === 0 || Math.abs(scaled) >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${SIZES[power]}`
}

/** Milliseconds as people say them: 0.4 ms, 250 ms, 3.2 s, 4 min 5 s, 2 h 10 min, 3 d 4 h. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return '–'
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  if (d) return h ? `${d} d ${h} h` : `${d} d`
  if (h) return m ? `${h} h ${m} min` : `${h} h`
  return s ? `${m} min ${s} s` : `${m} min`
}

/** "3 min ago", "in 2 h", "now". */
export function relative(at: Date, now = Date.now()): string {
  const ms = at.getTime() - now
  if (Math.abs(ms) < 1000) return 'now'
  const text = duration(Math.abs(ms) < 60_000 ? Math.floor(Math.abs(ms) / 1000) * 1000 : Math.abs(ms)).split(' ').slice(0, 2).join(' ').replace('.0 ', ' ')
  return ms < 0 ? `${text} ago` : `in ${text}`
}

const exactIn = (timeZone: string | undefined) => new Intl.DateTimeFormat('en-GB', {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, timeZone, timeZoneName: 'short',
})
// One costs as much to make as hundreds of times to write.
const EXACT = { local: exactIn(undefined), utc: exactIn('UTC') }

export function exact(at: Date, zone: 'local' | 'utc'): string {
  return EXACT[zone].format(at)
}

/** consumer_triage → "consumer triage". */
export function words(name: string): string {
  return name.replaceAll(/[_-]+/g, ' ')
}

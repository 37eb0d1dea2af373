const NAMED: Record<string, string> = { '@hourly': '0 * * * *', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@weekly': '0 0 * * 0', '@monthly': '0 0 1 * *', '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *' }
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** A cron expression of five fields as people say it: "Weekdays at 02:30". What is too odd for that stays as it is. */
export function cronInWords(expression: string): string {
  const text = NAMED[expression.trim().toLowerCase()] ?? expression.trim()
  const fields = text.split(/\s+/)
  if (fields.length !== 5) return expression
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  const when = time(minute, hour)
  if (!when) return expression
  const dates = dayWords(day, weekday)
  if (dates === undefined) return expression
  const months = month === '*' ? '' : list(month, MONTHS, 1)
  if (months === undefined) return expression
  const on = dates === 'every day' ? (when.isRepeated ? '' : 'every day') : dates
  return capital([on, when.text, months && `in ${months}`].filter(Boolean).join(on && when.isRepeated ? ', ' : ' '))
}

function time(minute: string, hour: string): { text: string; isRepeated: boolean } | undefined {
  const minutes = step(minute)
  if (hour === '*') {
    if (minute === '*') return { text: 'every minute', isRepeated: true }
    if (minutes) return { text: `every ${minutes} minutes`, isRepeated: true }
    const at = numbers(minute, 59)
    return at && { text: at.length === 1 && at[0] === 0 ? 'every hour' : `every hour at minute ${and(at.map(String))}`, isRepeated: true }
  }
  const hours = step(hour)
  const at = numbers(minute, 59)
  if (hours && at) return { text: `every ${hours} hours${at.length === 1 && at[0] === 0 ? '' : ` at minute ${and(at.map(String))}`}`, isRepeated: true }
  const range = /^(\d+)-(\d+)$/.exec(hour)
  if (range && (minutes || minute === '*' || at)) {
    const often = minute === '*' ? 'every minute' : minutes ? `every ${minutes} minutes` : at!.length === 1 && at![0] === 0 ? 'every hour' : `every hour at minute ${and(at!.map(String))}`
    return { text: `${often} from ${two(range[1]!)}:00 to ${two(range[2]!)}:${minute === '*' || minutes ? '59' : two(at!.at(-1)!)}`, isRepeated: true }
  }
  const inHours = numbers(hour, 23)
  if (!inHours) return undefined
  if (minute === '*' || minutes) return inHours.length === 1 ? { text: `every ${minutes ? `${minutes} minutes` : 'minute'} from ${two(inHours[0]!)}:00 to ${two(inHours[0]!)}:59`, isRepeated: true } : undefined
  if (!at || at.length * inHours.length > 6) return undefined
  return { text: `at ${and(inHours.flatMap((h) => at.map((m) => `${two(h)}:${two(m)}`)))}`, isRepeated: false }
}

function dayWords(day: string, weekday: string): string | undefined {
  if (day === '*' && weekday === '*') return 'every day'
  const week = weekday === '*' ? '' : weekdays(weekday)
  const of = day === '*' ? '' : days(day)
  if (week === undefined || of === undefined) return undefined
  return [of, week].filter(Boolean).join(' and ')
}

function weekdays(field: string): string | undefined {
  const found = expand(field, DAYS, 0)?.map((each) => each % 7)
  if (!found) return undefined
  const set = [...new Set(found)].sort((a, b) => (a || 7) - (b || 7))
  const key = set.join(',')
  if (key === '1,2,3,4,5') return 'weekdays'
  if (key === '6,0') return 'weekends'
  if (set.length === 7) return 'every day'
  if (set.length >= 5) return `every day except ${and(DAYS.filter((_, i) => !set.includes(i)))}`
  return `${and(set.map((each) => `${DAYS[each]!}s`))}`
}

function days(field: string): string | undefined {
  const every = step(field)
  if (every) return `every ${every} days of the month`
  const range = /^(\d+)-(\d+)$/.exec(field)
  if (range) return `on days ${range[1]} to ${range[2]} of the month`
  const found = numbers(field, 31)
  return found && `on the ${and(found.map(ordinal))} of the month`
}

function list(field: string, names: string[], first: number): string | undefined {
  const found = expand(field, names, first)
  return found && and(found.map((each) => names[each - first] ?? String(each)))
}

/** The values of a field of numbers, names, ranges and lists; none for anything else. */
function expand(field: string, names: string[], first: number): number[] | undefined {
  const found: number[] = []
  for (const part of field.split(',')) {
    const [from, to = from] = part.split('-').map((each) => (/^\d+$/.test(each) ? Number(each) : names.findIndex((name) => name.slice(0, 3).toLowerCase() === each.toLowerCase()) + first))
    if (from === undefined || to === undefined || from < first || to < from || to > first + names.length) return undefined
    for (let value = from; value <= to; value++) found.push(value)
  }
  return found
}

function numbers(field: string, max: number): number[] | undefined {
  const parts = field.split(',')
  return parts.every((each) => /^\d+$/.test(each) && Number(each) <= max) ? parts.map(Number) : undefined
}

function step(field: string): number | undefined {
  const match = /^\*\/(\d+)$/.exec(field)
  return match && Number(match[1]) > 1 ? Number(match[1]) : undefined
}

function two(value: number | string) {
  return String(value).padStart(2, '0')
}

function ordinal(value: number) {
  const suffix = value % 10 === 1 && value !== 11 ? 'st' : value % 10 === 2 && value !== 12 ? 'nd' : value % 10 === 3 && value !== 13 ? 'rd' : 'th'
  return `${value}${suffix}`
}

function and(words: string[]) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function capital(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `PT1H30M` → "every 1 h 30 min". */
export function everyInWords(iso: string): string {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso)
  if (!match) return `Every ${iso}`
  const hours = Number(match[2] ?? 0)
  const parts = [[Number(match[1] ?? 0) + Math.floor(hours / 24), 'd'], [hours % 24, 'h'], [Number(match[3] ?? 0), 'min'], [Number(match[4] ?? 0), 's']] as const
  return `Every ${parts.filter(([value]) => value).map(([value, unit]) => `${value} ${unit}`).join(' ')}`
}

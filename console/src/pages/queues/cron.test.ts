import { describe, expect, it } from 'vitest'
import { cronInWords, everyInWords } from './cron'

describe('cron in words', () => {
  it.each([
    ['30 2 * * *', 'Every day at 02:30'],
    ['30 2 * * mon-fri', 'Weekdays at 02:30'],
    ['0 9 * * 1,3', 'Mondays and Wednesdays at 09:00'],
    ['0 9 * * 0,2-6', 'Every day except Monday at 09:00'],
    ['0 9 * * 6,7', 'Weekends at 09:00'],
    ['*/5 * * * *', 'Every 5 minutes'],
    ['* * * * *', 'Every minute'],
    ['0 * * * *', 'Every hour'],
    ['15 */6 * * *', 'Every 6 hours at minute 15'],
    ['*/10 9-17 * * 1-5', 'Weekdays, every 10 minutes from 09:00 to 17:59'],
    ['0 0 1,15 * *', 'On the 1st and 15th of the month at 00:00'],
    ['0 0 1 jan *', 'On the 1st of the month at 00:00 in January'],
    ['@weekly', 'Sundays at 00:00'],
    ['0 8,20 * * *', 'Every day at 08:00 and 20:00'],
    ['1-59/2 * * * *', '1-59/2 * * * *'],
    ['nonsense', 'nonsense'],
  ])('%s', (cron, words) => expect(cronInWords(cron)).toBe(words))
  it.each([['PT1M', 'Every 1 min'], ['PT1H30M', 'Every 1 h 30 min'], ['PT48H', 'Every 2 d'], ['PT0.5S', 'Every 0.5 s'], ['odd', 'Every odd']])('%s', (iso, words) => expect(everyInWords(iso)).toBe(words))
})

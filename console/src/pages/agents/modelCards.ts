import type { Json } from '../../api/json'

export const CARD_STATUSES = ['draft', 'active', 'deprecated', 'archived'] as const

export const STATUS_TONES = { draft: 'idle', active: 'good', deprecated: 'warn', archived: 'off' } as const

/** A price per token as people compare them: for a million. */
export function pricing(card: { [key: string]: Json }): string | undefined {
  const given = card.pricing
  if (!given || typeof given !== 'object' || Array.isArray(given)) return undefined
  const million = (value: Json | undefined) => (value === undefined || value === null ? undefined : Number((Number(value) * 1_000_000).toPrecision(6)).toLocaleString('en'))
  const [read, written] = [million(given.inputPricePerToken), million(given.outputPricePerToken)]
  return read === undefined && written === undefined ? undefined : `${read ?? '–'} / ${written ?? '–'} ${String(given.currency ?? 'USD')} per million tokens read / written`
}

/** The texts of a field that lists some. */
export function texts(card: { [key: string]: Json }, field: string): string[] {
  const value = card[field]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

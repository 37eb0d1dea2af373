/** JSON as the server wrote it: integers that a double cannot hold stay exact, as bigint. */

export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

/** Not the digits of a fraction or an exponent. */
const LONG_INTEGER = /"(?:\\.|[^"\\])*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g
const MARK = '\u0000integer:'

export function parse(text: string): Json {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json
  // Not every browser hands a reviver what was written, so long integers become marked texts first.
  const marked = text.replace(LONG_INTEGER, (token) => (token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : JSON.stringify(MARK + token)))
  return JSON.parse(marked, (_key, value: unknown) => (typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value)) as Json
}

/** The text of a value; with two spaces of indentation unless told otherwise. */
export function stringify(value: unknown, indent = 2): string {
  return write(value, indent, '')
}

function write(value: unknown, indent: number, before: string): string {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const inner = before + ' '.repeat(indent)
  const parts = Array.isArray(value)
    ? value.map((item) => write(item, indent, inner))
    : Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => `${JSON.stringify(key)}:${indent ? ' ' : ''}${write(item, indent, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (parts.length === 0) return `${open}${close}`
  return indent ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${before}${close}` : `${open}${parts.join(',')}${close}`
}

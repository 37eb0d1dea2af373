import { stringify } from '../../api/json'

/** Words that YAML would take for something else than a text. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n|~)$)[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/i

/** A JSON value as YAML, in blocks; what has any special character in it stands in JSON's quotes, which YAML reads as well. */
export function toYaml(value: unknown): string {
  return `${block(value, '').replace(/^\n/, '')}\n`
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length) {
    return value.map((item) => `\n${indent}- ${block(item, `${indent}  `).replace(/^\n\s*/, '')}`).join('')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const fields = Object.entries(value).filter(([, item]) => item !== undefined)
    if (fields.length) return fields.map(([key, item]) => `\n${indent}${scalar(key)}:${spaced(block(item, `${indent}  `))}`).join('')
  }
  return scalar(value)
}

const spaced = (text: string) => (text.startsWith('\n') ? text : ` ${text}`)

function scalar(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : stringify(value, 0)
}

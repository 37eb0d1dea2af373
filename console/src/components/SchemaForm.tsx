import { Autocomplete, Checkbox, Fieldset, JsonInput, NumberInput, Select, Stack, TagsInput, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { parse, stringify, type Json } from '../api/json'
import { words } from './format'

/** The parts of JSON Schema that a form can show; what it does not know becomes a field for JSON. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  enum?: Json[]
  default?: Json
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  examples?: Json[]
}

type Values = Record<string, Json | undefined>

interface Field {
  name: string
  schema: Schema
  isRequired: boolean
  value: Json | undefined
  onChange: (value: Json | undefined) => void
  error?: string
}

/** A form of an object's JSON Schema. Empty fields are left out of the value. */
export function SchemaForm({ schema, value, onChange, errors = {} }: { schema: Schema; value: Values; onChange: (value: Values) => void; errors?: Record<string, string> }) {
  const fields = Object.entries(schema.properties ?? {})
  if (fields.length === 0) return <JsonField name="input" label="Input" value={value} onChange={(next) => onChange((next ?? {}) as Values)} />
  return (
    <Stack gap="sm">
      {fields.map(([name, each]) => (
        <SchemaField key={name} name={name} schema={each} isRequired={schema.required?.includes(name) ?? false} value={value[name]} error={errors[name]} onChange={(next) => {
          const { [name]: _, ...others } = value
          onChange(next === undefined ? others : { ...value, [name]: next })
        }} />
      ))}
    </Stack>
  )
}

function typeOf(schema: Schema): string {
  return (Array.isArray(schema.type) ? schema.type.find((each) => each !== 'null') : schema.type) ?? (schema.properties ? 'object' : schema.enum ? 'string' : 'json')
}

function SchemaField({ name, schema, isRequired, value, onChange, error }: Field) {
  const common = { label: schema.title ?? words(name), description: schema.description, required: isRequired, error, name }
  const example = schema.examples?.[0] ?? schema.default
  const placeholder = example === undefined ? undefined : typeof example === 'string' ? example : stringify(example, 0)
  if (schema.enum) {
    const options = schema.enum.map((each) => (typeof each === 'string' ? each : stringify(each, 0)))
    return <Select {...common} data={options} clearable={!isRequired} value={value === undefined ? null : typeof value === 'string' ? value : stringify(value, 0)} onChange={(next) => onChange(next === null ? undefined : schema.enum![options.indexOf(next)])} />
  }
  switch (typeOf(schema)) {
    case 'boolean':
      return <Checkbox label={common.label} description={common.description} name={name} error={error} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked || (isRequired ? false : undefined))} />
    case 'integer':
    case 'number':
      return <NumberInput {...common} placeholder={placeholder} min={schema.minimum} max={schema.maximum} allowDecimal={typeOf(schema) === 'number'} value={typeof value === 'number' ? value : ''} onChange={(next) => onChange(next === '' ? undefined : Number(next))} />
    case 'string':
      // Examples are offered; something else may be typed.
      if (schema.examples?.length) return <Autocomplete {...common} data={[...new Set(schema.examples.map(String))]} limit={50} placeholder="Choose or type" value={typeof value === 'string' ? value : ''} onChange={(next) => onChange(next || undefined)} />
      return (schema.maxLength ?? 0) > 200 || schema.format === 'markdown'
        ? <Textarea {...common} placeholder={placeholder} autosize minRows={3} maxRows={12} value={typeof value === 'string' ? value : ''} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
        : <TextInput {...common} placeholder={placeholder} value={typeof value === 'string' ? value : ''} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
    case 'array':
      if (typeOf(schema.items ?? {}) === 'string' && !schema.items?.enum) return <TagsInput {...common} placeholder="Enter after each" value={Array.isArray(value) ? value.map(String) : []} onChange={(next) => onChange(next.length ? next : undefined)} />
      return <JsonField {...common} value={value} onChange={onChange} />
    case 'object':
      if (!schema.properties) return <JsonField {...common} value={value} onChange={onChange} />
      return (
        <Fieldset legend={common.label}>
          <SchemaForm schema={schema} value={(value ?? {}) as Values} onChange={(next) => onChange(Object.keys(next).length || isRequired ? (next as Json) : undefined)} />
        </Fieldset>
      )
    default:
      return <JsonField {...common} value={value} onChange={onChange} />
  }
}

/** A field for JSON that keeps what was typed while it is no JSON yet. */
export function JsonField({ name, label, description, required, value, onChange, error }: { name: string; label: string; description?: string; required?: boolean; value: unknown; onChange: (value: Json | undefined) => void; error?: string }) {
  const [text, setText] = useState(() => (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0) ? '' : stringify(value)))
  const [wrong, setWrong] = useState<string>()
  return (
    <JsonInput name={name} label={label} description={description} required={required} error={wrong ?? error} autosize minRows={3} maxRows={16} value={text} placeholder="{}" styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
      onChange={(next) => {
        setText(next)
        try {
          onChange(next.trim() ? parse(next) : undefined)
          setWrong(undefined)
        } catch (problem) {
          setWrong(`no JSON yet: ${(problem as Error).message}`)
        }
      }} />
  )
}

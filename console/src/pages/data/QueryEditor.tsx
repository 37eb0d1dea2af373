import { Textarea } from '@mantine/core'
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { parse } from '../../api/json'
import { complete, completionAt } from './completion'
import type { Field } from './documents'
import classes from './QueryEditor.module.css'

/**
 * JSON with completion: within quotes the fields, operators and values that are there are offered. Arrows choose, Enter or Tab
 * takes, Escape closes; Ctrl and Enter runs it.
 */
export function QueryEditor({ label, value, onChange, onRun, fields, operators, placeholder, minRows = 3, error }: { label: string; value: string; onChange: (value: string) => void; onRun?: () => void; fields: readonly Field[]; operators?: Record<string, string>; placeholder?: string; minRows?: number; error?: string }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const id = useId()
  const [caret, setCaret] = useState<number>()
  const [active, setActive] = useState(0)
  const jump = useRef<number>(undefined)
  const found = caret === undefined ? undefined : completionAt(value, caret, fields, operators)
  // React sets the value first; the caret follows.
  useLayoutEffect(() => {
    if (jump.current === undefined) return
    area.current?.setSelectionRange(jump.current, jump.current)
    jump.current = undefined
  }, [value])
  const take = (index: number) => {
    const option = found?.options[index]
    if (!found || !option) return
    const next = complete(value, found, option.insert)
    jump.current = next.caret
    onChange(next.text)
    setCaret(undefined)
    area.current?.focus()
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      setCaret(undefined)
      onRun?.()
    } else if (!found) {
      return
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setActive((active + (event.key === 'ArrowDown' ? 1 : found.options.length - 1)) % found.options.length)
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault()
      take(active)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      setCaret(undefined)
    }
  }
  return (
    <div className={classes.box}>
      <Textarea ref={area} label={label} value={value} placeholder={placeholder} autosize minRows={minRows} maxRows={18} spellCheck={false} error={error ?? wrong(value)} aria-autocomplete="list" aria-controls={found ? `${id}-options` : undefined} aria-activedescendant={found ? `${id}-${active}` : undefined}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        onChange={(event) => {
          onChange(event.currentTarget.value)
          setCaret(event.currentTarget.selectionStart)
          setActive(0)
        }}
        onBlur={() => setCaret(undefined)} onKeyDown={onKeyDown} />
      {found && (
        <ul id={`${id}-options`} role="listbox" aria-label="Completions" className={classes.options}>
          {found.options.map((option, i) => (
            <li key={option.label} id={`${id}-${i}`} role="option" aria-selected={i === active} className={classes.option} onMouseDown={(event) => {
              event.preventDefault()
              take(i)
            }}><code>{option.label}</code><span className={classes.about}>{option.about}</span></li>
          ))}
        </ul>
      )}
    </div>
  )
}

function wrong(text: string): string | undefined {
  try {
    if (text.trim()) parse(text)
    return undefined
  } catch (error) {
    return `no JSON yet: ${(error as Error).message}`
  }
}

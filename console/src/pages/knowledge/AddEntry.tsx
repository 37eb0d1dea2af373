import { Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { SchemaForm } from '../../components/SchemaForm'
import { NameSelect } from './NameSelect'
import type { Kind } from './kinds'

/** Writes an entry down, or completes the one that is there. */
export function AddEntry({ kind, repository: given }: { kind: Kind; repository?: string }) {
  const [repository, setRepository] = useState<string | undefined>(given)
  const [pattern, setPattern] = useState<string>()
  const [value, setValue] = useState<Record<string, Json | undefined>>({})
  return (
    <Action label={`Add ${/^[aeiou]/.test(kind.one) ? 'an' : 'a'} ${kind.one}`} variant="filled" icon={<IconPlus size={16} />} confirmLabel="Add"
      about={`It is found by the search at once. An entry that is there already is completed; an empty field never replaces one that is not.`}
      undo={`The ${kind.one} can be deleted on its page.`}
      run={() => body(api.POST('/api/knowledge/{kind}', { params: { path: { kind: kind.path } }, body: { ...value, ...(pattern ? { pattern_reference: pattern } : {}), repository } as never }))}
      done={() => `The ${kind.one} is there`} onDone={() => setValue({})}>
      <Stack gap="sm">
        <NameSelect of="repositories" label="Repository" required value={repository} onChange={(next) => setRepository(next ?? undefined)} />
        <SchemaForm schema={kind.schema} value={value} onChange={setValue} />
        {kind.path === 'issues' && <NameSelect of="patterns" label="Pattern" description="The pattern that it is about" value={pattern} onChange={(next) => setPattern(next ?? undefined)} />}
      </Stack>
    </Action>
  )
}

import { Button, Checkbox, FileButton, Group, JsonInput, Text } from '@mantine/core'
import { IconFileUpload, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { parse, type Json } from '../../api/json'
import { Action } from '../../components/Action'
import { post, type Imported } from './api'
import { countsOf } from './relationships'

const EXAMPLE = '{"relationships": {"owner/api": {"consumers": [{"repo": "owner/web", "change_triggers": ["endpoints"]}]}}}'

export function ImportRelationships() {
  const [text, setText] = useState('')
  const [allowCycles, setAllowCycles] = useState(false)
  const read = readJson(text)
  const counts = read.value === undefined ? undefined : countsOf(read.value)
  return (
    <Action label="Import relationships" icon={<IconUpload size={15} />} confirmLabel="Import" about="Adds the relationships of a file that are new and updates the others: all of them, or none if anything is wrong."
      undo="There is no undo. Export what is there first; importing that file again brings back what was updated, but does not remove what was added."
      run={async () => {
        if (read.value === undefined) throw new Error(read.error ?? 'Choose a file or paste its text first.')
        return post<Imported>(`/api/relationships?allow_cycles=${allowCycles}`, read.value)
      }}
      done={(imported) => `${imported.added} added, ${imported.updated} updated, of ${imported.repositories} repositories`} onDone={() => setText('')}>
      <Group gap="sm">
        <FileButton accept="application/json,.json" onChange={(file) => file && void file.text().then(setText)}>{(props) => <Button {...props} variant="default" size="xs" leftSection={<IconFileUpload size={14} />}>Choose a file</Button>}</FileButton>
        <Text size="xs" c="dimmed">or paste it here</Text>
      </Group>
      <JsonInput label="Relationships file" placeholder={EXAMPLE} autosize minRows={6} maxRows={16} value={text} onChange={setText} error={read.error} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }} />
      <Checkbox label="Accept repositories that depend on each other in a circle" checked={allowCycles} onChange={(event) => setAllowCycles(event.currentTarget.checked)} />
      {read.value !== undefined && <Text size="sm" fw={600}>{counts ? `It names ${counts.dependents} dependents of ${counts.sources} repositories.` : 'It has no object "relationships".'}</Text>}
    </Action>
  )
}

function readJson(text: string): { value?: Json; error?: string } {
  if (!text.trim()) return {}
  try {
    return { value: parse(text) }
  } catch (problem) {
    return { error: `no JSON: ${(problem as Error).message}` }
  }
}

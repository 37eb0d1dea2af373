import { Button, FileButton, Group, Menu, Stack, Textarea } from '@mantine/core'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { stringify } from '../../api/json'
import { Action } from '../../components/Action'
import { validate, type Definition } from './api'
import { toYaml } from './yaml'

/** Takes a definition over from a file or a text, YAML or JSON, as the server reads it. */
export function ImportAction({ onImport }: { onImport: (definition: Definition) => void }) {
  const [text, setText] = useState('')
  const read = async () => {
    const checked = await validate(text, { type: text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml', unknown: true })
    if (!checked.definition) throw new ApiError(400, 'workflow-invalid', 'The definition has faults', 'Correct them, and import it again.', checked.errors.map((fault) => ({ pointer: fault.pointer, detail: `${fault.detail}; ${fault.remedy}` })))
    return checked.definition
  }
  return (
    <Action label="Import" icon={<IconUpload size={16} />} about="Takes a definition over into the builder, in YAML or JSON, or as React Flow holds it." undo="Undone by Undo. Nothing is stored until you save." run={read} done={(definition) => `Imported ${definition.nodes.length} nodes`} onDone={onImport}>
      <Stack gap="xs">
        <Group>
          <FileButton accept=".yaml,.yml,.json,application/json,application/yaml" onChange={(file) => void file?.text().then(setText)}>{(props) => <Button variant="default" size="compact-sm" {...props}>Choose a file</Button>}</FileButton>
        </Group>
        <Textarea label="Definition" autosize minRows={6} maxRows={16} value={text} onChange={(event) => setText(event.currentTarget.value)} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} placeholder={'id: order\nnodes:\n  - {id: check, type: condition, config: {expression: "input.total > 0"}}'} />
      </Stack>
    </Action>
  )
}

export function ExportMenu({ definition, isEmpty }: { definition: Definition; isEmpty?: boolean }) {
  return (
    <Menu>
      <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} />} disabled={isEmpty}>Export</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save(`${definition.id}.yaml`, toYaml(definition), 'application/yaml')}>YAML</Menu.Item>
        <Menu.Item onClick={() => save(`${definition.id}.json`, `${stringify(definition)}\n`, 'application/json')}>JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function save(name: string, text: string, type: string) {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

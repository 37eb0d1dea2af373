import { Code, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { Problem } from '../../components/Problem'
import { JsonField, SchemaForm } from '../../components/SchemaForm'
import { versionQuery, view, type ExecutionLine, type Version } from './api'
import { inputSchema, valueOf } from './inputSchema'

interface ExecuteActionProps {
  workflow: string
  version: number
  compact?: boolean
  variant?: 'filled' | 'default'
}

type Values = Record<string, Json | undefined>

/** Starts an execution; asks for the input by the form that the definition gives. */
export function ExecuteAction({ workflow, version, compact, variant = 'default' }: ExecuteActionProps) {
  const [input, setInput] = useState<Values>({})
  const navigate = useNavigate()
  return (
    <Action label="Run" icon={<IconPlayerPlay size={16} />} compact={compact} variant={variant}
      about={<>Starts an execution of <Code>{workflow}</Code>, version {version}.</>}
      undo="It can be paused, resumed and cancelled; what its steps have done by then stays done."
      run={() => view<Pick<ExecutionLine, 'execution_id'>>(api.POST('/api/workflows/{id}/execute', { params: { path: { id: workflow } }, body: { initial_context: input, version } as never }))}
      done={() => `${workflow} runs`}
      onDone={(started) => void navigate({ to: '/workflows/executions/$id', params: { id: started.execution_id } })}>
      <InputForm workflow={workflow} version={version} value={input} onChange={setInput} />
    </Action>
  )
}

function InputForm({ workflow, version, value, onChange }: { workflow: string; version: number; value: Values; onChange: (value: Values) => void }) {
  const definition = useQuery(versionQuery(workflow, version))
  if (definition.isError) return <Problem error={definition.error} onRetry={() => void definition.refetch()} />
  return definition.data ? <FieldsOf version={definition.data} value={value} onChange={onChange} /> : <Skeleton height={60} />
}

function FieldsOf({ version, value, onChange }: { version: Version; value: Values; onChange: (value: Values) => void }) {
  const { schema, isGuessed } = inputSchema(version.definition)
  if (!schema) return <JsonField name="input" label="Input" description="An object as JSON; may stay empty." value={value} onChange={(next) => onChange((next ?? {}) as Values)} />
  return isGuessed ? <GuessedFields names={Object.keys(schema.properties ?? {})} onChange={onChange} /> : <SchemaForm schema={schema} value={value} onChange={onChange} />
}

/** Fields of which only the names are known: what reads as JSON is taken as JSON, anything else as a text. */
function GuessedFields({ names, onChange }: { names: string[]; onChange: (value: Values) => void }) {
  const [texts, setTexts] = useState<Record<string, string>>({})
  const change = (name: string, text: string) => {
    const next = { ...texts, [name]: text }
    setTexts(next)
    onChange(Object.fromEntries(Object.entries(next).filter(([, each]) => each !== '').map(([key, each]) => [key, valueOf(each)])))
  }
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">The definition&apos;s expressions read these fields of the input. Write numbers, lists and objects as JSON.</Text>
      {names.map((name) => <TextInput key={name} name={name} label={name} value={texts[name] ?? ''} onChange={(event) => change(name, event.currentTarget.value)} />)}
    </Stack>
  )
}

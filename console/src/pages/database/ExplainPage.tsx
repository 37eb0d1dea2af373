import { Alert, Button, Checkbox, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { IconBinaryTree, IconBulb, IconCircleCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { api, body } from '../../api/client'
import { duration } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { Tile } from '../../components/Tile'
import type { Explained } from './api'
import { DatabaseArea } from './DatabaseArea'
import classes from './database.module.css'
import { Plan } from './Plan'
import { SqlText } from './SqlText'

/** How PostgreSQL would run a statement, or has run it, and what stands out. */
export function ExplainPage() {
  const { sql, analyze, timeout } = useSearch({ from: '/database/explain' })
  const navigate = useNavigate({ from: '/database/explain' })
  const [text, setText] = useState(sql ?? '')
  const explain = useMutation({
    mutationFn: (input: { sql: string; analyze?: boolean; timeout?: string }) => body(api.POST('/api/database/explain', { body: input })),
  })
  // A link to a statement shows its plan at once; one that is to be run waits for the button.
  useEffect(() => {
    setText(sql ?? '')
    if (sql && !analyze) explain.mutate({ sql })
  }, [])
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!text.trim()) return
    void navigate({ search: (before) => ({ ...before, sql: text }), replace: true })
    explain.mutate({ sql: text, analyze, timeout })
  }
  return (
    <DatabaseArea about="How PostgreSQL finds what a statement asks for, and what stands out in it. In a read-only transaction that is rolled back.">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Textarea label="Statement" description="One SELECT; parameters such as $1 may stay, unless it is run." required autosize minRows={4} maxRows={16} value={text} onChange={(event) => setText(event.currentTarget.value)} classNames={{ input: classes.mono }} spellCheck={false}
            placeholder="SELECT id, state FROM tasks WHERE queue = 'mail' ORDER BY run_at LIMIT 10" onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
            }} />
          <Group gap="md" align="center">
            <Checkbox label="Run it, and measure" checked={analyze ?? false} onChange={(event) => void navigate({ search: (before) => ({ ...before, analyze: event.currentTarget.checked || undefined }), replace: true })} />
            {analyze && <Select size="xs" w={140} aria-label="Time limit" value={timeout ?? '10s'} allowDeselect={false} data={[{ value: '10s', label: 'for up to 10 s' }, { value: '30s', label: 'for up to 30 s' }, { value: '60s', label: 'for up to 60 s' }]}
              onChange={(next) => void navigate({ search: (before) => ({ ...before, timeout: next === '10s' ? undefined : (next as '30s') }), replace: true })} />}
            <Button type="submit" loading={explain.isPending} leftSection={<IconBinaryTree size={16} />}>{analyze ? 'Run and explain' : 'Explain'}</Button>
            <Text size="xs" c="dimmed" visibleFrom="sm">Ctrl Enter</Text>
          </Group>
        </Stack>
      </form>
      {explain.isError ? <Problem error={explain.error} />
        : explain.isPending ? <Loading lines={4} />
          : explain.data ? <Answer explained={explain.data} />
            : <Empty title="Nothing is explained yet" icon={<IconBinaryTree size={24} />} command='./howdah explain "SELECT id FROM tasks LIMIT 10"'>Write a statement, or choose one among the slow ones.</Empty>}
    </DatabaseArea>
  )
}

function Answer({ explained }: { explained: Explained }) {
  return (
    <Stack gap="md">
      {explained.advice.length === 0
        ? <Alert color="teal" icon={<IconCircleCheck size={18} />} title="Nothing stands out" />
        : explained.advice.map((each, i) => (
          <Alert key={i} color="yellow" icon={<IconBulb size={18} />} title={each.detail} data-testid="advice">
            {each.fix && <SqlText text={each.fix} label="Fix" />}
          </Alert>
        ))}
      {explained.execution_ms != null && <Group gap="sm" grow preventGrowOverflow><Tile label="Planned in" value={duration(explained.planning_ms)} /><Tile label="Ran for" value={duration(explained.execution_ms)} /></Group>}
      <Section title="Steps" about="What is below is done first.">
        <Plan plan={explained.plan} />
      </Section>
      <Section title="As PostgreSQL writes it"><SqlText text={explained.lines.join('\n')} label="Plan as text" /></Section>
      <Section title="As JSON"><JsonView value={explained.plan} label="Plan as JSON" maxHeight={280} /></Section>
    </Stack>
  )
}

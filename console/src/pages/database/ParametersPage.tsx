import { Checkbox, Group, Text, TextInput } from '@mantine/core'
import { IconAdjustments, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../../api/client'
import { sent } from '../../api/sent'
import { DataTable, type Column } from '../../components/DataTable'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import type { Page, Parameter } from './api'
import { DatabaseArea } from './DatabaseArea'
import classes from './database.module.css'

const isChanged = (row: Parameter) => row.value !== row.default_value

const COLUMNS: Column<Parameter>[] = [
  { key: 'name', header: 'Parameter', width: 'minmax(150px, 1.2fr)', cell: (row) => <span className={classes.mono} title={row.name}>{row.name}</span> },
  { key: 'value', header: 'Value', width: 'minmax(90px, 0.8fr)', cell: (row) => <Text span inherit fw={isChanged(row) ? 650 : undefined} title={row.value}>{row.value || '–'}</Text> },
  { key: 'default', header: 'Default', width: 'minmax(90px, 0.6fr)', from: 560, cell: (row) => <span title={row.default_value}>{row.default_value || '–'}</span> },
  { key: 'source', header: 'From', width: '150px', from: 720, cell: (row) => row.source },
  { key: 'restart', header: 'State', width: '130px', from: 860, cell: (row) => (row.pending_restart ? <State state="needs a restart" tone="warn" /> : <>in force</>) },
  { key: 'description', header: 'What it is', width: 'minmax(160px, 2fr)', from: 980, cell: (row) => <span title={row.description}>{row.description}</span> },
]

/** PostgreSQL's own parameters, those that explain how it behaves. */
export function ParametersPage() {
  const { q, changed } = useSearch({ from: '/database/parameters' })
  const navigate = useNavigate({ from: '/database/parameters' })
  const parameters = useQuery({ queryKey: ['database', 'parameters'], queryFn: async () => (await sent<Page<Parameter>>(body(api.GET('/api/database/settings')))).items })
  return (
    <DatabaseArea about="Parameters of the PostgreSQL server that explain how it behaves. Change them with ALTER SYSTEM, or in postgresql.conf.">
      <Group gap="md">
        <TextInput size="xs" w={260} aria-label="Find a parameter" placeholder="Find a parameter" leftSection={<IconSearch size={14} />} value={q ?? ''} onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.currentTarget.value || undefined }), replace: true })} />
        <Checkbox size="xs" label="Only what differs from the default" checked={changed ?? false} onChange={(event) => void navigate({ search: (before) => ({ ...before, changed: event.currentTarget.checked || undefined }), replace: true })} />
      </Group>
      <QueryState query={parameters}>
        {(items) => (
          <DataTable label="Parameters" columns={COLUMNS} rowKey={(row) => row.name}
            rows={items.filter((row) => (!changed || isChanged(row)) && (!q || `${row.name} ${row.description}`.toLowerCase().includes(q.toLowerCase())))}
            empty={<Empty title="No parameter is like that" icon={<IconAdjustments size={24} />} command="./howdah database settings" />} />
        )}
      </QueryState>
    </DatabaseArea>
  )
}

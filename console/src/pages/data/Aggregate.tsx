import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { stringify, type Json } from '../../api/json'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { QueryState } from '../../components/QueryState'
import { Cell, json } from './Find'
import { QueryEditor } from './QueryEditor'
import { call, path, type Document } from './api'
import { FILTER_OPERATORS, STAGES } from './completion'
import { columnsOf, fieldsOf, type Field } from './documents'

const OPERATORS = { ...STAGES, ...FILTER_OPERATORS }

/** What a pipeline makes of the documents. */
export function Aggregate({ collection, fields, pipeline, onPipeline }: { collection: string; fields: Field[]; pipeline?: string; onPipeline: (pipeline?: string) => void }) {
  const [text, setText] = useState(pipeline ?? '')
  const [view, setView] = useState('table')
  useEffect(() => setText(pipeline ?? ''), [pipeline])
  const query = useQuery({
    // Not read again with every change: a pipeline may read the whole collection.
    queryKey: ['document-aggregate', collection, pipeline],
    enabled: !!pipeline,
    retry: false,
    staleTime: Infinity,
    queryFn: ({ signal }) => call<{ items: Json[] }>('POST', path('documents', collection, '_aggregate'), { pipeline: json(pipeline, 'pipeline') }, {}, signal),
  })
  const run = () => (text.trim() === pipeline ? void query.refetch() : onPipeline(text.trim() || undefined))
  const key = fields.find((field) => field.path !== '_id' && field.types[0] === 'string')?.path
  const number = fields.find((field) => field.path !== '_id' && field.types[0] === 'number')?.path
  const examples: [string, Json][] = key ? [[`How often each ${key}`, [{ $sortByCount: `$${key}` }]], ...(number ? [[`Sum of ${number} by ${key}`, [{ $group: { _id: `$${key}`, total: { $sum: `$${number}` }, count: { $count: {} } } }, { $sort: { total: -1 } }]] as [string, Json]] : [])] : []
  return (
    <Stack gap="sm">
      <QueryEditor label="Pipeline" value={text} onChange={setText} onRun={run} fields={fields} operators={OPERATORS} minRows={5} placeholder={'[{"$match": {}}, {"$group": {"_id": "$status", "n": {"$count": {}}}}]'} />
      <Group gap="xs">
        <Button size="compact-sm" leftSection={<IconPlayerPlay size={14} />} onClick={run} loading={query.isFetching}>Run</Button>
        {examples.map(([label, example]) => <Button key={label} size="compact-sm" variant="default" onClick={() => onPipeline(stringify(example))}>{label}</Button>)}
      </Group>
      {pipeline && (
        <QueryState query={query} skeleton={4}>
          {({ items }) => {
            const objects = items.filter((item): item is Document => item !== null && typeof item === 'object' && !Array.isArray(item))
            const columns = ['_id', ...columnsOf(fieldsOf(objects), 8)].filter((column) => objects.some((item) => column in item))
            return (
              <Stack gap="xs">
                <Group justify="space-between"><Text size="xs" c="dimmed" role="status">{count(items.length)} results</Text><SegmentedControl size="xs" aria-label="View" value={view} onChange={setView} data={[{ value: 'table', label: 'Table' }, { value: 'json', label: 'JSON' }]} /></Group>
                {view === 'json' || columns.length === 0 ? <JsonView value={items} label="results" maxHeight={560} />
                  : <DataTable label="Results" rowHeight={34} rows={objects.map((item, index) => ({ item, index }))} rowKey={({ index }) => String(index)} columns={columns.map((column): Column<{ item: Document; index: number }> => ({ key: column, header: column, cell: ({ item }) => <Cell value={item[column]} /> }))} />}
              </Stack>
            )
          }}
        </QueryState>
      )}
    </Stack>
  )
}

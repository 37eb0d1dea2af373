import { Anchor, Checkbox, FileInput, Group, Progress, Stack, Switch, Text, TextInput } from '@mantine/core'
import { IconDownload, IconFolderSearch, IconRefresh, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { parse, type Json } from '../../api/json'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { NameSelect } from './NameSelect'
import { INGESTION_TYPES, outcome, progressOf, subject, type IngestionTask } from './ingestion'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/ingestion')
const SHOWN = 50

const COLUMNS: Column<IngestionTask>[] = [
  { key: 'what', header: 'What', width: 'minmax(130px, 2fr)', cell: (task) => <Anchor href={`#/tasks/${task.id}`} size="sm" truncate="end" display="block">{INGESTION_TYPES[task.type] ?? task.type} {subject(task)}</Anchor> },
  { key: 'state', header: 'State', width: '110px', cell: (task) => <State state={task.state} /> },
  { key: 'progress', header: 'Progress', width: 'minmax(100px, 1.5fr)', from: 520, cell: (task) => <TaskProgress task={task} /> },
  { key: 'outcome', header: 'Outcome', width: 'minmax(0, 2fr)', from: 760, cell: (task) => <Text size="sm" truncate="end" title={outcome(task)}>{outcome(task) || '–'}</Text> },
  { key: 'at', header: 'Asked for', width: '110px', align: 'right', from: 640, cell: (task) => <Time at={task.created_at} /> },
]

function TaskProgress({ task }: { task: IngestionTask }) {
  const progress = progressOf(task)
  if (!progress) return <Text size="sm" c="dimmed">–</Text>
  return (
    <Stack gap={2}>
      <Progress value={progress.percent} size="sm" aria-label={`Progress of ${INGESTION_TYPES[task.type] ?? task.type} ${subject(task)}`} />
      <Text size="xs" c="dimmed" lh={1.1} truncate="end">{progress.percent} %{progress.message && `, ${progress.message}`}</Text>
    </Stack>
  )
}

/** How knowledge comes in: scans, imports, and the vectors that are made of it. */
export function IngestionPage() {
  const query = useQuery({
    queryKey: [['tasks', 'knowledge'], 'ingestion'],
    queryFn: async ({ signal }) => {
      // The list takes one type each.
      const pages = await Promise.all(Object.keys(INGESTION_TYPES).map(async (type) => (await body(api.GET('/api/tasks', { params: { query: { type, limit: SHOWN } }, signal }))) as unknown as { items: IngestionTask[] }))
      return pages.flatMap((page) => page.items).toSorted((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, SHOWN)
    },
  })
  const navigate = route.useNavigate()
  const [answer, setAnswer] = useState<Json>()
  return (
    <Page title="Ingestion" about="How knowledge comes in. Scans and imports of addresses are tasks of the server, with their progress" tabs={<KnowledgeTabs />}
      actions={<><Scan /><ImportFile onAnswer={setAnswer} /><ImportAddress /><Reembed /></>}>
      {answer !== undefined && <Section title="The import of the file"><JsonView value={answer} label="report" /></Section>}
      <QueryState query={query}>
        {(tasks) => (
          <DataTable label="Scans and imports" columns={COLUMNS} rows={tasks} rowKey={(task) => task.id} rowHeight={46} onOpen={(task) => void navigate({ href: `/tasks/${task.id}` } as never)}
            empty={<Empty title="Nothing was scanned or imported lately" command="howdah knowledge scan .">Tasks that ended are kept for a limited time; what they brought stays.</Empty>} />
        )}
      </QueryState>
    </Page>
  )
}

function Scan() {
  const [path, setPath] = useState('')
  const [repository, setRepository] = useState<string>()
  return (
    <Action label="Scan a repository" icon={<IconFolderSearch size={16} />} variant="filled" confirmLabel="Scan"
      about="Reads a Git repository on the server's machine at its HEAD, by a task: languages, dependencies, tests, deployment, components, security practices, patterns, decisions." undo="A second scan of the same commit changes no count; entries can be deleted one by one."
      run={() => body(api.POST('/api/knowledge/scans', { body: { path: path.trim(), repository } as never }))} done={() => 'The scan is a task now'}>
      <Stack gap="sm">
        <TextInput label="Path" description="On the server's machine, below one of HOWDAH_AGENT_REPOSITORY_ROOTS" placeholder="." required value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        <NameSelect of="repositories" label="Repository" description="As which it is known; by default the name that its remote tells" value={repository} onChange={(next) => setRepository(next ?? undefined)} />
      </Stack>
    </Action>
  )
}

function ImportFile({ onAnswer }: { onAnswer: (answer: Json) => void }) {
  const [file, setFile] = useState<File | null>(null)
  const [dryRun, setDryRun] = useState(true)
  return (
    <Action label="Import a file" icon={<IconUpload size={16} />} confirmLabel={dryRun ? 'Try' : 'Import'} about="Imports a knowledge base from a JSON file, at once. One repository is one transaction; importing again changes no count." undo={dryRun ? 'A dry run stores nothing: it counts what would be added.' : 'It cannot be undone as a whole; entries can be deleted one by one.'}
      run={async () => {
        if (!file) throw new Error('choose a file first')
        return (await body(api.POST('/api/knowledge/imports', { body: { source: file.name, document: parse(await file.text()), dry_run: dryRun } as never }))) as unknown as Json
      }}
      done={() => (dryRun ? 'Tried; nothing was stored' : 'Imported')} onDone={onAnswer}>
      <FileInput label="File" placeholder="knowledge.json" accept="application/json,.json" required value={file} onChange={setFile} />
      <Checkbox label="Only say what would be done (dry run)" checked={dryRun} onChange={(event) => setDryRun(event.currentTarget.checked)} />
    </Action>
  )
}

function ImportAddress() {
  const [url, setUrl] = useState('')
  const [dryRun, setDryRun] = useState(false)
  return (
    <Action label="Import an address" icon={<IconDownload size={16} />} confirmLabel="Import" about="The server reads a knowledge base from an address, by a task." undo="It cannot be undone as a whole; entries can be deleted one by one."
      run={() => body(api.POST('/api/knowledge/imports', { body: { url: url.trim(), dry_run: dryRun } as never }))} done={() => 'The import is a task now'}>
      <TextInput label="Address" placeholder="https://…" required value={url} onChange={(event) => setUrl(event.currentTarget.value)} />
      <Switch label="Only say what would be done (dry run)" checked={dryRun} onChange={(event) => setDryRun(event.currentTarget.checked)} />
    </Action>
  )
}

function Reembed() {
  return (
    <Action label="Make vectors anew" icon={<IconRefresh size={16} />} about={<Group gap={4}>Makes the vectors of all entries anew, with the configured model, by a task. Needed after a change of the model; until then entries are found by their words.</Group>} undo="It cannot be undone, and costs the model's time for each entry."
      run={() => body(api.POST('/api/knowledge/reembed'))} done={() => 'Vectors are made anew'} />
  )
}

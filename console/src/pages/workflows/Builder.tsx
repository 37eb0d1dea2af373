import { ActionIcon, Button, Checkbox, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy, IconLayoutDistributeHorizontal } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useMemo, useReducer, useState, type ReactNode } from 'react'
import { stringify } from '../../api/json'
import { Action } from '../../components/Action'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { State } from '../../components/State'
import { apply, validate, type Fault, type WorkflowLine } from './api'
import { BuilderCanvas } from './BuilderCanvas'
import { addNode, definitionOf, draftOf, moveNodes, placeFaults, slug, type Draft } from './draft'
import { EdgeForm } from './EdgeForm'
import { ExecuteAction } from './ExecuteAction'
import { begin, redo, step, undo, type History } from './history'
import { ExportMenu, ImportAction } from './ImportExport'
import { layoutInWorker } from './layoutInWorker'
import { NodeForm } from './NodeForm'
import { Palette } from './Palette'
import classes from './workflows.module.css'

export type Selection = { kind: 'node'; id: string } | { kind: 'edge'; from: string; to: string } | undefined

type Change = (draft: Draft) => Draft

/** What is `opened` belongs to the draft as it came, and is not undone. */
type Step = { kind: 'step'; change: Change; tag?: string } | { kind: 'undo' } | { kind: 'redo' } | { kind: 'opened'; change: Change }

function reduce(history: History<Draft>, action: Step): History<Draft> {
  switch (action.kind) {
    case 'step': return step(history, action.change(history.present), action.tag)
    case 'undo': return undo(history)
    case 'redo': return redo(history)
    case 'opened': return { ...history, present: action.change(history.present) }
  }
}

const NO_FAULTS: Fault[] = []

interface BuilderProps {
  initial: Draft
  /** Whether each node has a place already. */
  isPlaced: boolean
  /** The workflow of which this makes a new version, if it is there. */
  of?: string
  lines: WorkflowLine[]
  before: ReactNode
}

/** Draws a workflow: nodes from the palette, edges between them, a form for each, checked by the server while one types. */
export function Builder({ initial, isPlaced, of, lines, before }: BuilderProps) {
  const [history, dispatch] = useReducer(reduce, initial, begin)
  const [selection, setSelection] = useState<Selection>()
  const [saved, setSaved] = useState({ text: stringify(definitionOf(initial)), version: undefined as number | undefined })
  const [isUnknownAllowed, setUnknownAllowed] = useState(false)
  const [fits, setFits] = useState(0)
  const navigate = useNavigate()
  const draft = history.present
  const change = (next: Change, tag?: string) => dispatch({ kind: 'step', change: next, tag })
  const goBack = () => dispatch({ kind: 'undo' })
  const goOn = () => dispatch({ kind: 'redo' })
  useHotkeys([['mod+Z', goBack], ['mod+shift+Z', goOn], ['mod+Y', goOn]])

  const tidy = useMutation({
    mutationFn: ({ of }: { of: Draft; isOpening?: boolean }) => layoutInWorker({ nodes: of.nodes.map((node) => node.id), edges: of.edges.map((edge) => [edge.from, edge.to] as const) }),
    onSuccess: (places, { of, isOpening }) => {
      const place: Change = (now) => moveNodes(now, places)
      if (isOpening) {
        dispatch({ kind: 'opened', change: place })
        setSaved({ text: stringify(definitionOf(place(of))), version: undefined })
      } else {
        change(place)
      }
      setFits((before) => before + 1)
    },
  })
  useEffect(() => {
    if (!isPlaced) tidy.mutate({ of: initial, isOpening: true })
  }, [])

  const text = useMemo(() => stringify(definitionOf(draft)), [draft])
  const [checkedText] = useDebouncedValue(text, 300)
  const checked = useQuery({
    queryKey: ['workflow-validate', checkedText, isUnknownAllowed],
    queryFn: ({ signal }) => validate(checkedText, { unknown: isUnknownAllowed, signal }),
    enabled: draft.nodes.length > 0, placeholderData: keepPreviousData, staleTime: 30_000, gcTime: 60_000,
  })
  const faults = draft.nodes.length > 0 ? (checked.data?.errors ?? NO_FAULTS) : NO_FAULTS
  const placed = useMemo(() => placeFaults(draft, faults), [draft, faults])
  const isChecked = checked.data !== undefined && checkedText === text && !checked.isPlaceholderData
  const isDirty = text !== saved.text
  useBlocker({ shouldBlockFn: () => isDirty && draft.nodes.length > 0 && !window.confirm('The workflow has changes that are not saved. Leave them?'), enableBeforeUnload: () => isDirty && draft.nodes.length > 0 })

  const existing = lines.find((line) => line.workflow_id === draft.id)
  const collides = existing !== undefined && draft.id !== of && saved.version === undefined
  const add = (type: string, at?: { x: number; y: number }) => {
    const behind = at ? undefined : selection?.kind === 'node' ? selection.id : draft.nodes.at(-1)?.id
    const { id } = addNode(draft, type, at, behind)
    change((now) => addNode(now, type, at, behind).draft)
    setSelection({ kind: 'node', id })
    if (!at) setFits((before) => before + 1)
  }
  const blocked = draft.nodes.length === 0 ? 'Add a node first' : collides ? `There is a workflow ${draft.id} already; choose another id` : isChecked && faults.length ? 'Correct the faults first' : undefined
  const version = saved.version ?? (of === draft.id ? existing?.version : undefined)
  const selectedNode = selection?.kind === 'node' ? draft.nodes.find((node) => node.id === selection.id) : undefined
  const selectedEdge = selection?.kind === 'edge' ? draft.edges.find((edge) => edge.from === selection.from && edge.to === selection.to) : undefined

  return (
    <Page title={of ? `Builder: ${draft.name}` : 'New workflow'} before={before}
      actions={
        <>
          <Tooltip label="Undo (Ctrl+Z)"><ActionIcon variant="default" size={34} aria-label="Undo" disabled={history.past.length === 0} onClick={goBack}><IconArrowBackUp size={17} /></ActionIcon></Tooltip>
          <Tooltip label="Redo (Ctrl+Shift+Z)"><ActionIcon variant="default" size={34} aria-label="Redo" disabled={history.future.length === 0} onClick={goOn}><IconArrowForwardUp size={17} /></ActionIcon></Tooltip>
          <Tooltip label="Arrange the nodes"><ActionIcon variant="default" size={34} aria-label="Arrange the nodes" loading={tidy.isPending} disabled={draft.nodes.length < 2} onClick={() => tidy.mutate({ of: draft })}><IconLayoutDistributeHorizontal size={17} /></ActionIcon></Tooltip>
          <ImportAction onImport={(definition) => {
            const read = draftOf(definition)
            change(() => read.draft)
            setSelection(undefined)
            if (!read.isPlaced) tidy.mutate({ of: read.draft })
            else setFits((before) => before + 1)
          }} />
          <ExportMenu definition={definitionOf(draft)} isEmpty={draft.nodes.length === 0} />
          <Action label="Save" variant="filled" icon={<IconDeviceFloppy size={16} />} blocked={blocked} about={existing || saved.version ? <>Makes the next version of <b>{draft.id}</b>. Executions that run keep theirs.</> : <>Makes the workflow <b>{draft.id}</b> with {draft.nodes.length} nodes.</>}
            undo="Versions stay: an older one can be opened here and saved again." run={() => apply(draft.id, text, isUnknownAllowed)} done={(made) => `Saved as version ${made.version}`} onDone={(made) => setSaved({ text, version: made.version })} />
          {version !== undefined && !isDirty
            ? <ExecuteAction workflow={draft.id} version={version} />
            : <Tooltip label="Save it first"><Button variant="default" aria-disabled data-disabled>Run</Button></Tooltip>}
        </>
      }>
      <Group gap="sm" align="flex-start">
        <TextInput label="Name" value={draft.name} style={{ flex: '1 1 180px', maxWidth: 320 }} onChange={(event) => {
          const name = event.currentTarget.value
          // The id follows the name until the workflow is there.
          change((now) => ({ ...now, name, id: !of && saved.version === undefined && now.id === (slug(now.name) || now.id) ? slug(name) || now.id : now.id }), 'name')
        }} />
        <TextInput label="Id" value={draft.id} disabled={of !== undefined || saved.version !== undefined} error={collides ? `There is a workflow ${draft.id} already` : undefined} style={{ flex: '1 1 140px', maxWidth: 240 }} onChange={(event) => {
          const id = event.currentTarget.value
          change((now) => ({ ...now, id }), 'id')
        }} />
        <TextInput label="Description" value={draft.description} style={{ flex: '2 1 200px' }} onChange={(event) => {
          const description = event.currentTarget.value
          change((now) => ({ ...now, description }), 'description')
        }} />
      </Group>
      <Group gap="sm" justify="space-between">
        <Group gap="xs" role="status" data-testid="validity">
          {draft.nodes.length === 0 ? <Text size="sm" c="dimmed">Choose the first step on the left.</Text>
            : checked.isError ? <State state="not checked" tone="warn" />
              : !isChecked ? <State state="checking" tone="busy" />
                : faults.length === 0 ? <State state="valid" tone="good" /> : <State state={`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`} tone="bad" />}
          {isDirty && draft.nodes.length > 0 && <Text size="sm" c="dimmed">not saved</Text>}
          {saved.version !== undefined && !isDirty && <Text size="sm" c="dimmed">saved as version {saved.version}</Text>}
        </Group>
        <Checkbox size="xs" label="Allow tasks that no worker runs yet" checked={isUnknownAllowed} onChange={(event) => setUnknownAllowed(event.currentTarget.checked)} />
      </Group>
      {checked.isError && <Problem error={checked.error} onRetry={() => void checked.refetch()} title="It could not be checked" />}
      {tidy.isError && <Problem error={tidy.error} title="The nodes could not be arranged" />}
      {placed.others.length > 0 && <Stack gap={2}>{placed.others.map((fault) => <Text key={`${fault.pointer} ${fault.detail}`} size="sm" className={classes.nodeFault}>{fault.pointer}: {fault.detail}; {fault.remedy}</Text>)}</Stack>}
      <div className={classes.builderGrid}>
        <Palette onAdd={add} behind={selection?.kind === 'node' ? selection.id : draft.nodes.at(-1)?.id} />
        <div className={classes.canvas}>
          <ReactFlowProvider>
            <BuilderCanvas draft={draft} faults={placed.nodes} selection={selection} onSelect={setSelection} change={change} onDropType={add} fits={fits} />
          </ReactFlowProvider>
        </div>
        <section className={classes.form} aria-label="What is chosen">
          {selectedNode ? <NodeForm key={selectedNode.id} draft={draft} node={selectedNode} faults={placed.nodes.get(selectedNode.id) ?? NO_FAULTS} workflows={lines} change={change} onSelect={setSelection} />
            : selectedEdge ? <EdgeForm edge={selectedEdge} change={change} onSelect={setSelection} />
              : <Overview draft={draft} faults={placed.nodes} onSelect={setSelection} />}
        </section>
      </div>
      {of && <Text size="sm"><Button variant="subtle" size="compact-sm" onClick={() => void navigate({ to: '/workflows/definitions/$id', params: { id: of } })}>Versions of {of}</Button></Text>}
    </Page>
  )
}

/** While nothing is chosen: how it is done, and where faults are. */
function Overview({ draft, faults, onSelect }: { draft: Draft; faults: ReadonlyMap<string, Fault[]>; onSelect: (selection: Selection) => void }) {
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm">Nothing is chosen</Text>
      <Text size="sm" c="dimmed">Click a step on the left: it comes behind the chosen node. Or drag it onto the canvas, and draw an edge from the right side of one node to the left side of another. Click a node to edit it; Delete removes what is chosen.</Text>
      {[...faults].map(([id, found]) => <Button key={id} variant="default" size="compact-sm" onClick={() => onSelect({ kind: 'node', id })}>{id}: {found.length} {found.length === 1 ? 'fault' : 'faults'}</Button>)}
      {draft.nodes.length > 0 && <Text size="xs" c="dimmed">{draft.nodes.length} nodes, {draft.edges.length} edges</Text>}
    </Stack>
  )
}

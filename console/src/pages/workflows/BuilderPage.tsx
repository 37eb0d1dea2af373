import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, type ReactNode } from 'react'
import { Page } from '../../components/Page'
import { Loading, QueryState } from '../../components/QueryState'
import { versionQuery, workflowsQuery, type Version, type WorkflowLine } from './api'
import { draftOf, emptyDraft } from './draft'
import { AnchorLink } from '../../components/links'
import { builderRoute } from './routes'

const Builder = lazy(async () => ({ default: (await import('./Builder')).Builder }))

/** The builder for a new workflow, or for a version of one that is there. */
export function BuilderPage() {
  const { workflow, version } = builderRoute.useSearch()
  const workflows = useQuery(workflowsQuery)
  const line = workflows.data?.find((each) => each.workflow_id === workflow)
  const number = version ?? line?.version
  const stored = useQuery({ ...versionQuery(workflow ?? '', number ?? 0), enabled: !!workflow && number !== undefined })
  const before = <Text size="sm"><AnchorLink to="/workflows" inherit>Workflows</AnchorLink></Text>
  if (!workflows.data) return <Page title="Builder" before={before}><QueryState query={workflows}>{() => null}</QueryState></Page>
  if (workflow && number !== undefined && !stored.data) return <Page title="Builder" before={before}><QueryState query={stored}>{() => null}</QueryState></Page>
  return <Suspense fallback={<Loading />}><Begun key={`${workflow}\n${number}`} lines={workflows.data} wanted={workflow} definition={stored.data} before={before} /></Suspense>
}

function Begun({ lines, wanted, definition, before }: { lines: WorkflowLine[]; wanted?: string; definition: Version | undefined; before: ReactNode }) {
  const begun = useMemo(() => {
    if (definition) return draftOf(definition.definition)
    const taken = new Set(lines.map((line) => line.workflow_id))
    let n = 1
    while (taken.has(`workflow-${n}`)) n++
    const id = wanted ?? `workflow-${n}`
    return { draft: emptyDraft(id, wanted ?? `Workflow ${n}`), isPlaced: true }
  }, [])
  return <Builder initial={begun.draft} isPlaced={begun.isPlaced} of={definition?.workflow_id} lines={lines} before={before} />
}

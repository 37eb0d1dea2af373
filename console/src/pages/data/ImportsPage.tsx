import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { DataTable, type Column } from '../../components/DataTable'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import type { DataImport } from './api'
import { imports } from './queries'
import { DataTabs } from './tabs'
import { progress } from './words'

const route = getRouteApi('/data/imports')

export function ImportState({ of }: { of: DataImport }) {
  return <State state={of.state} tone={of.state === 'different' ? 'bad' : of.state === 'stopped' ? 'warn' : of.state === 'abandoned' ? 'off' : undefined} />
}

const COLUMNS: Column<DataImport>[] = [
  { key: 'source', header: 'From', width: 'minmax(120px, 2fr)', cell: (each) => <Anchor component={Link} to="/data/imports/$id" params={{ id: each.id } as never} size="sm" truncate="end" display="block" title={each.source}>{each.source}</Anchor> },
  { key: 'target', header: 'To', width: 'minmax(0, 1.2fr)', from: 520, cell: (each) => <Text size="sm" truncate="end">{each.target}</Text> },
  { key: 'state', header: 'State', width: '110px', cell: (each) => <ImportState of={each} /> },
  { key: 'done', header: 'Done', width: 'minmax(0, 2fr)', from: 640, cell: (each) => <Text size="sm" truncate="end" title={progress(each.report)}>{progress(each.report)}</Text> },
  { key: 'started', header: 'Started', width: '110px', align: 'right', from: 460, cell: (each) => <Time at={each.started_at} /> },
]

/** What was brought from Redis, MongoDB and files. */
export function ImportsPage() {
  const navigate = route.useNavigate()
  const query = useQuery(imports)
  return (
    <Page title="Imports" about="From Redis, MongoDB and files of JSON. They run on the command line, which reaches files and servers that this one should not" tabs={<DataTabs />}>
      <QueryState query={query}>
        {(items) => <DataTable label="Imports" columns={COLUMNS} rows={items} rowKey={(each) => each.id} onOpen={(each) => void navigate({ to: '/data/imports/$id', params: { id: each.id } } as never)}
          empty={<Empty title="Nothing was imported yet" command="howdah import json people.ndjson" />} />}
      </QueryState>
    </Page>
  )
}

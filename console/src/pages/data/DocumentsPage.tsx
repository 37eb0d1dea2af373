import { Anchor, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes, count, duration } from '../../components/format'
import { Page } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import type { Collection } from './api'
import { collections } from './queries'
import { DataTabs } from './tabs'

const route = getRouteApi('/data/documents')

const COLUMNS: Column<Collection>[] = [
  { key: 'name', header: 'Collection', width: 'minmax(110px, 2fr)', cell: (collection) => <Anchor component={Link} to="/data/documents/$collection" params={{ collection: collection.name } as never} size="sm" truncate="end" display="block">{collection.name}</Anchor> },
  { key: 'documents', header: 'Documents', width: '110px', align: 'right', cell: (collection) => `≈ ${count(collection.documents)}` },
  { key: 'bytes', header: 'Size', width: '90px', align: 'right', from: 420, cell: (collection) => bytes(collection.bytes) },
  { key: 'indexes', header: 'Indexes', width: '80px', align: 'right', from: 520, cell: (collection) => count(collection.indexes) },
  { key: 'changes', header: 'Changes kept', width: '120px', align: 'right', from: 700, cell: (collection) => (collection.changes_retention_ms === null ? 'by default' : duration(collection.changes_retention_ms)) },
  { key: 'created', header: 'Created', width: '110px', align: 'right', from: 600, cell: (collection) => <Time at={collection.created_at} /> },
]

/** All collections of documents. */
export function DocumentsPage() {
  const navigate = route.useNavigate()
  const query = useQuery(collections)
  return (
    <Page title="Documents" about="Collections of JSON documents, asked in MongoDB's query language. Numbers of documents are estimates" tabs={<DataTabs />} actions={<Create />}>
      <QueryState query={query}>
        {(items) => <DataTable label="Collections" columns={COLUMNS} rows={items} rowKey={(collection) => collection.name} onOpen={(collection) => void navigate({ to: '/data/documents/$collection', params: { collection: collection.name } } as never)}
          empty={<Empty title="There is no collection yet" command="howdah documents create orders">Create one here or by the command; importing from MongoDB makes them, too.</Empty>} />}
      </QueryState>
    </Page>
  )
}

function Create() {
  const [name, setName] = useState('')
  const [retention, setRetention] = useState('')
  return (
    <Action label="Create a collection" icon={<IconPlus size={16} />} variant="filled" confirmLabel="Create" about="A collection of this name. If it is there already, it gets these options." undo="It can be dropped with everything in it."
      run={() => body(api.PUT('/api/documents/{collection}', { params: { path: { collection: name.trim() } }, body: { changes_retention: retention.trim() || undefined } as never }))} done={() => `The collection ${name} is there`}>
      <TextInput label="Name" placeholder="orders" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput label="Changes are kept" description="A duration such as 7d; by default as configured" placeholder="7d" value={retention} onChange={(event) => setRetention(event.currentTarget.value)} />
    </Action>
  )
}

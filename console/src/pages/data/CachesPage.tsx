import { Anchor, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
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
import { Filled } from './Filled'
import { caches } from './queries'
import type { Cache } from './api'
import { DataTabs } from './tabs'

const route = getRouteApi('/data/caches')

const COLUMNS: Column<Cache>[] = [
  { key: 'name', header: 'Cache', width: 'minmax(110px, 2fr)', cell: (cache) => <Anchor component={Link} to="/data/caches/$name" params={{ name: cache.name } as never} size="sm" truncate="end" display="block">{cache.name}</Anchor> },
  { key: 'entries', header: 'Entries', width: 'minmax(90px, 1fr)', align: 'right', cell: (cache) => <Filled value={cache.entries} max={cache.entries_max} format={count} label={`Entries of ${cache.name}`} /> },
  { key: 'bytes', header: 'Size', width: 'minmax(90px, 1fr)', align: 'right', from: 440, cell: (cache) => <Filled value={cache.bytes} max={cache.bytes_max} format={bytes} label={`Size of ${cache.name}`} /> },
  { key: 'ttl', header: 'Lives', width: '90px', align: 'right', from: 560, cell: (cache) => (cache.default_ttl_ms === null ? 'for ever' : duration(cache.default_ttl_ms)) },
  { key: 'durability', header: 'Durability', width: '100px', from: 680, cell: (cache) => cache.durability },
  { key: 'eviction', header: 'Eviction', width: '90px', from: 780, cell: (cache) => cache.eviction },
  { key: 'near', header: 'Near copies', width: '100px', from: 900, cell: (cache) => (cache.near ? duration(cache.near_ttl_ms) : 'none') },
  { key: 'measured', header: 'Measured', width: '110px', align: 'right', from: 640, cell: (cache) => <Time at={cache.measured_at} none="not yet" /> },
]

/** All caches with what is in them. */
export function CachesPage() {
  const navigate = route.useNavigate()
  const query = useQuery(caches)
  return (
    <Page title="Caches" about="Named caches with rules of their own. Entries and sizes are as measured last" tabs={<DataTabs />} actions={<Create />}>
      <QueryState query={query}>
        {(items) => <DataTable label="Caches" columns={COLUMNS} rows={items} rowKey={(cache) => cache.name} onOpen={(cache) => void navigate({ to: '/data/caches/$name', params: { name: cache.name } } as never)}
          empty={<Empty title="There is no cache yet" command="howdah cache create prices --default-ttl 10m">Create one here or by the command.</Empty>} />}
      </QueryState>
    </Page>
  )
}

function Create() {
  const [name, setName] = useState('')
  const [ttl, setTtl] = useState('')
  const [entriesMax, setEntriesMax] = useState<number | string>('')
  const [durability, setDurability] = useState('async')
  const [eviction, setEviction] = useState('lru')
  const [near, setNear] = useState(false)
  return (
    <Action label="Create a cache" icon={<IconPlus size={16} />} variant="filled" confirmLabel="Create" about="A cache of this name. If it is there already, it gets these rules." undo="It can be dropped with everything in it."
      run={() => body(api.PUT('/api/caches/{name}', { params: { path: { name: name.trim() } }, body: { default_ttl: ttl.trim() || undefined, entries_max: entriesMax === '' ? undefined : Number(entriesMax), durability, eviction, near } as never }))} done={() => `The cache ${name} is there`}>
      <Stack gap="sm">
        <TextInput label="Name" placeholder="prices" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label="Entries live" description="A duration such as 10m, or never; an hour by default" placeholder="10m" value={ttl} onChange={(event) => setTtl(event.currentTarget.value)} />
        <NumberInput label="At most so many entries" min={1} allowDecimal={false} value={entriesMax} onChange={setEntriesMax} />
        <Select label="What a crash of the database may cost" allowDeselect={false} value={durability} onChange={(next) => setDurability(next ?? 'async')} data={[{ value: 'unlogged', label: 'everything in it (unlogged, fastest)' }, { value: 'async', label: 'the last writes (async)' }, { value: 'sync', label: 'nothing (sync)' }]} />
        <Select label="What goes when it is full" allowDeselect={false} value={eviction} onChange={(next) => setEviction(next ?? 'lru')} data={[{ value: 'lru', label: 'what was not used for longest (lru)' }, { value: 'fifo', label: 'what was there first (fifo)' }, { value: 'none', label: 'nothing; new keys are refused (none)' }]} />
        <Switch label="Processes keep near copies of what they read" checked={near} onChange={(event) => setNear(event.currentTarget.checked)} />
        <Text size="xs" c="dimmed">Unlogged caches cannot become others later, nor others unlogged.</Text>
      </Stack>
    </Action>
  )
}

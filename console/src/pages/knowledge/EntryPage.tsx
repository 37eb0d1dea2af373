import { Anchor, Breadcrumbs, Group, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconFlag, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ApiError, body } from '../../api/client'
import { Action } from '../../components/Action'
import { words } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { Neighbours } from './Neighbours'
import type { Entry, Listed } from './api'
import { facts, isKind, KINDS, STATUSES, type Kind } from './kinds'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/$kind/$id')

/** One pattern, decision, component, lesson or issue, with what is near it. */
export function EntryPage() {
  const { kind: path, id } = route.useParams()
  const kind = isKind(path) ? KINDS[path] : KINDS.patterns
  const query = useQuery({
    queryKey: ['knowledge', 'entry', kind.path, id],
    queryFn: async () => (await body(api.GET('/api/knowledge/{kind}/{id}', { params: { path: { kind: kind.path, id } } }))) as unknown as Entry,
    retry: (failures, error) => failures < 2 && error instanceof ApiError && error.isUnreachable,
  })
  const title = query.data ? kind.title(query.data) : kind.one
  return (
    <Page title={title.length > 160 ? `${title.slice(0, 160)} …` : title} tabs={<KnowledgeTabs />} actions={query.data && <EntryActions kind={kind} entry={query.data} />}
      about={(
        <Breadcrumbs separator="·" separatorMargin={6} style={{ flexWrap: 'wrap' }}>
          <Anchor component={Link} to="/knowledge/$kind" params={{ kind: kind.path } as never} size="sm">{kind.many}</Anchor>
          {query.data && <RepositoryLink name={query.data.repository} />}
          {query.data && <Text size="sm">changed <Time at={query.data.updated_at} /></Text>}
        </Breadcrumbs>
      )}>
      <QueryState query={query}>{(entry) => <Content kind={kind} entry={entry} title={title} />}</QueryState>
    </Page>
  )
}

export function RepositoryLink({ name }: { name: string }) {
  const [owner, ...rest] = name.split('/')
  return <Anchor component={Link} to="/knowledge/repositories/$owner/$name" params={{ owner, name: rest.join('/') } as never} size="sm">{name}</Anchor>
}

function Content({ kind, entry, title }: { kind: Kind; entry: Entry; title: string }) {
  const texts = kind.texts.filter((field) => typeof entry[field] === 'string' && entry[field] !== '' && entry[field] !== title)
  const rest = facts(kind, entry)
  const isNothing = texts.length === 0 && rest.length === 0 && !entry.log_snippet
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Stack gap="md" style={{ minWidth: 0 }}>
        {kind.path === 'issues' && <Group gap="md"><State state={String(entry.status)} /><State state={String(entry.severity)} /><Text size="sm" c="dimmed">detected <Time at={entry.detected_at as string} /></Text></Group>}
        {typeof entry.log_snippet === 'string' && <Section title="Log"><Text component="pre" ff="monospace" fz={13} m={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{entry.log_snippet}</Text></Section>}
        {texts.map((field) => (
          <Section key={field} title={words(field).replace(/^./, (first) => first.toUpperCase())}><Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{String(entry[field])}</Text></Section>
        ))}
        {isNothing && <Text size="sm" c="dimmed">Nothing more than its name is known of it.</Text>}
        {rest.length > 0 && (
          <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} layout="fixed" aria-label="Facts">
            <Table.Tbody>
              {rest.map((fact) => <Table.Tr key={fact.name}><Table.Th fw={400} c="dimmed" w={140} style={{ verticalAlign: 'top' }}>{fact.name}</Table.Th><Table.Td style={{ overflowWrap: 'anywhere' }}>{fact.value}</Table.Td></Table.Tr>)}
            </Table.Tbody>
          </Table>
        )}
        {entry.details && Object.keys(entry.details).length > 0 && <Section title="Details"><JsonView value={entry.details} label="details" maxHeight={360} /></Section>}
      </Stack>
      <Stack gap="lg" style={{ minWidth: 0 }}>
        <Neighbours kind={kind} id={entry.id} />
        {kind.path === 'patterns' && <UsedBy name={title} id={entry.id} />}
        {kind.path === 'patterns' && <IssuesOf name={title} />}
      </Stack>
    </SimpleGrid>
  )
}

function UsedBy({ name, id }: { name: string; id: string }) {
  const query = useQuery({
    queryKey: ['knowledge', 'entries', 'patterns', { name }],
    queryFn: async () => (await body(api.GET('/api/knowledge/{kind}', { params: { path: { kind: 'patterns' }, query: { name, limit: 100 } } }))) as unknown as Listed<Entry>,
  })
  return (
    <Section title="Used by">
      <QueryState query={query} skeleton={2}>
        {(page) => (
          <Group gap="sm">
            {page.items.map((each) => (each.id === id ? <Text key={each.id} size="sm">{each.repository} (this one)</Text> : <Anchor key={each.id} component={Link} to="/knowledge/$kind/$id" params={{ kind: 'patterns', id: each.id } as never} size="sm">{each.repository}</Anchor>))}
          </Group>
        )}
      </QueryState>
    </Section>
  )
}

function IssuesOf({ name }: { name: string }) {
  const query = useQuery({
    queryKey: ['knowledge', 'entries', 'issues', { pattern: name }],
    queryFn: async () => (await body(api.GET('/api/knowledge/{kind}', { params: { path: { kind: 'issues' }, query: { pattern: name, limit: 20 } } }))) as unknown as Listed<Entry>,
  })
  return (
    <Section title="Issues">
      <QueryState query={query} skeleton={2}>
        {(page) => (page.items.length === 0 ? <Text size="sm" c="dimmed">No issue names this pattern.</Text> : (
          <Stack gap={6}>
            {page.items.map((each) => (
              <Group key={each.id} gap="sm" wrap="nowrap">
                <State state={String(each.status)} />
                <Anchor component={Link} to="/knowledge/$kind/$id" params={{ kind: 'issues', id: each.id } as never} size="sm" truncate="end">{KINDS.issues.title(each)}</Anchor>
              </Group>
            ))}
          </Stack>
        ))}
      </QueryState>
    </Section>
  )
}

function EntryActions({ kind, entry }: { kind: Kind; entry: Entry }) {
  const navigate = route.useNavigate()
  const [status, setStatus] = useState<string>(String(entry.status ?? ''))
  return (
    <>
      {kind.path === 'issues' && (
        <Action label="Set status" icon={<IconFlag size={16} />} about="Says how this issue stands." undo="It can be set again."
          run={() => body(api.POST('/api/knowledge/issues/{id}/status', { params: { path: { id: entry.id } }, body: { status } }))} done={() => `The issue is ${words(status)}`}>
          <Select label="Status" allowDeselect={false} data={STATUSES.map((each) => ({ value: each, label: words(each) }))} value={status} onChange={(next) => setStatus(next ?? '')} />
        </Action>
      )}
      <Action label="Delete" isDangerous icon={<IconTrash size={16} />} about={`Deletes this ${kind.one} of ${entry.repository}. The search finds it no longer.`} undo="This cannot be undone; a scan or an import that names it adds it anew."
        run={() => body(api.DELETE('/api/knowledge/{kind}/{id}', { params: { path: { kind: kind.path, id: entry.id } } }))} done={() => `The ${kind.one} is deleted`}
        onDone={() => void navigate({ to: '/knowledge/$kind', params: { kind: kind.path } } as never)} />
    </>
  )
}

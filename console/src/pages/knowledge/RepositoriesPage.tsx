import { Anchor, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { Action } from '../../components/Action'
import { DataTable, type Column } from '../../components/DataTable'
import { count } from '../../components/format'
import { Page } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, Loading } from '../../components/QueryState'
import { Time } from '../../components/Time'
import type { Listed, Repository } from './api'
import { KnowledgeTabs } from './tabs'

const route = getRouteApi('/knowledge/repositories')

const number = (key: 'patterns' | 'decisions' | 'components' | 'lessons', header: string): Column<Repository> => ({ key, header, width: '86px', align: 'right', from: 760, cell: (repository) => count(repository[key]) })

const COLUMNS: Column<Repository>[] = [
  { key: 'name', header: 'Repository', width: 'minmax(150px, 2fr)', cell: (repository) => {
    const [owner, ...rest] = repository.name.split('/')
    return <Anchor component={Link} to="/knowledge/repositories/$owner/$name" params={{ owner, name: rest.join('/') } as never} size="sm" truncate="end" display="block">{repository.name}</Anchor>
  } },
  { key: 'domain', header: 'What it is for', width: 'minmax(0, 2fr)', from: 980, cell: (repository) => <Text size="sm" truncate="end" title={repository.problem_domain}>{repository.problem_domain || '–'}</Text> },
  { key: 'language', header: 'Language', width: '100px', from: 520, cell: (repository) => repository.primary_language || '–' },
  number('patterns', 'Patterns'), number('decisions', 'Decisions'), number('components', 'Parts'), number('lessons', 'Lessons'),
  { key: 'issues', header: 'Open issues', width: '100px', align: 'right', cell: (repository) => <Text span size="sm" fw={repository.open_issues ? 650 : undefined}>{count(repository.open_issues)}</Text> },
  { key: 'analyzed', header: 'Looked at', width: '110px', align: 'right', from: 600, cell: (repository) => <Time at={repository.last_analyzed} none="never" /> },
]

/** Which repositories something is known of, and how much. */
export function RepositoriesPage() {
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({
    queryKey: ['knowledge', 'repositories'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await body(api.GET('/api/knowledge/repositories', { params: { query: { cursor: pageParam, limit: 200 } }, signal }))) as unknown as Listed<Repository>,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  return (
    <Page title="Repositories" about="How much is known of each" tabs={<KnowledgeTabs />} actions={<AddRepository />}>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined ? !query.isError && <Loading /> : (
        <DataTable label="Repositories" columns={COLUMNS} rows={rows} rowKey={(repository) => repository.name} onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined} isLoadingMore={query.isFetchingNextPage}
          onOpen={(repository) => {
            const [owner, ...rest] = repository.name.split('/')
            void navigate({ to: '/knowledge/repositories/$owner/$name', params: { owner, name: rest.join('/') } } as never)
          }}
          empty={<Empty title="No repository is known yet" command="howdah knowledge scan .">Scan one, import a knowledge base, or add one by its name.</Empty>} />
      )}
    </Page>
  )
}

function AddRepository() {
  const [name, setName] = useState('')
  const [domain, setDomain] = useState('')
  const [language, setLanguage] = useState('')
  const [keywords, setKeywords] = useState<string[]>([])
  return (
    <Action label="Add a repository" icon={<IconPlus size={16} />} variant="filled" confirmLabel="Add" about="Adds a repository by its name, or completes what is known of it." undo="It stays in the list; what is known of it can be changed by adding it again."
      run={() => body(api.POST('/api/knowledge/repositories', { body: { name: name.trim(), problem_domain: domain || undefined, primary_language: language || undefined, keywords } as never }))} done={() => `${name} is there`} onDone={() => setName('')}>
      <Stack gap="sm">
        <TextInput label="Name" placeholder="owner/name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label="What it is for" value={domain} onChange={(event) => setDomain(event.currentTarget.value)} />
        <TextInput label="Main language" value={language} onChange={(event) => setLanguage(event.currentTarget.value)} />
        <TagsInput label="Keywords" value={keywords} onChange={setKeywords} />
      </Stack>
    </Action>
  )
}

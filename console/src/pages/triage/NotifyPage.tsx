import { Button, FileButton, Group, List, Paper, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconBell, IconFileDiff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { words } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { post, relationshipsQuery, type Notified } from './api'
import { filesOf, headOf } from './diff'
import { concernsOf, edgesOf, type Edge } from './relationships'
import { RepositoryLink } from './RepositoryLink'
import { TriageTabs } from './TriageTabs'

const route = getRouteApi('/triage/notify')

/** Tells of a change by hand, as a hook of a repository would. */
export function NotifyPage() {
  const relationships = useQuery(relationshipsQuery)
  return (
    <Page title="Triage" about="Tell of a commit, and it is triaged for every repository that depends on the changed one.">
      <TriageTabs />
      <QueryState query={relationships} skeleton={6}>
        {(document) => {
          const edges = edgesOf(document)
          return edges.length ? <NotifyForm edges={edges} /> : <Empty title="Nothing depends on anything yet" command="howdah relationships import examples/relationships.json">Import <AnchorLink to="/triage">relationships</AnchorLink> first.</Empty>
        }}
      </QueryState>
    </Page>
  )
}

function NotifyForm({ edges }: { edges: Edge[] }) {
  const { repo } = route.useSearch()
  const navigate = route.useNavigate()
  const [sha, setSha] = useState('')
  const [message, setMessage] = useState('')
  const [branch, setBranch] = useState('main')
  const [diff, setDiff] = useState('')
  const sources = useMemo(() => [...new Set(edges.map((each) => each.source))].sort((a, b) => a.localeCompare(b)), [edges])
  const files = useMemo(() => filesOf(diff), [diff])
  const dependents = edges.filter((each) => each.source === repo)
  const lacks = [!repo && 'the repository', !sha.trim() && 'the commit', !message.trim() && 'the message', !branch.trim() && 'the branch'].filter((each) => typeof each === 'string')
  const take = (text: string) => {
    setDiff(text)
    const head = headOf(text)
    if (head.commit_sha) setSha(head.commit_sha)
    if (head.commit_message) setMessage(head.commit_message)
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Section title="The change">
        <Paper withBorder p="md" radius="md">
          <Stack gap="sm">
            <Select label="Repository" description="Those that something depends on" placeholder="Choose one" required searchable data={sources} limit={200} value={repo && sources.includes(repo) ? repo : null} onChange={(next) => void navigate({ search: { repo: next ?? undefined }, replace: true })} />
            <Textarea label="Diff" description="What git show writes; the commit and its message are taken from it, too" placeholder={'diff --git a/api.py b/api.py\n@@ -1 +1 @@\n-…\n+…'} autosize minRows={6} maxRows={18} value={diff} onChange={(event) => take(event.currentTarget.value)} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }} />
            <Group><FileButton accept=".diff,.patch,.txt,text/plain" onChange={(file) => file && void file.text().then(take)}>{(props) => <Button {...props} variant="default" size="xs" leftSection={<IconFileDiff size={14} />}>Choose a patch file</Button>}</FileButton></Group>
            {diff.trim() !== '' && (files.length
              ? <List size="sm" spacing={2}>{files.map((file) => <List.Item key={file.path}><Text span size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{file.path}</Text> <Text span size="xs" c="dimmed">{file.change_type}</Text></List.Item>)}</List>
              : <Text size="sm">No file is found in it: a diff begins with “diff --git”.</Text>)}
            <Group grow align="flex-start"><TextInput label="Commit" description="7 to 64 hexadecimal digits" required value={sha} onChange={(event) => setSha(event.currentTarget.value)} /><TextInput label="Branch" description="Where it was pushed" required value={branch} onChange={(event) => setBranch(event.currentTarget.value)} /></Group>
            <Textarea label="Commit message" required autosize minRows={2} maxRows={8} value={message} onChange={(event) => setMessage(event.currentTarget.value)} />
            <Group gap="sm">
              <Action label="Notify" icon={<IconBell size={15} />} variant="filled" blocked={lacks.length ? `Still needed: ${lacks.join(', ')}` : undefined}
                about={dependents.length ? `Has ${dependents.length === 1 ? '1 repository' : `${dependents.length} repositories`} triaged for commit ${sha.slice(0, 10)} of ${repo}, each by a task of its own. What is decided may open issues or post to the webhook, if they are configured.` : `Nothing depends on ${repo}; nothing will happen.`}
                undo="Each triage can be cancelled while it waits. The same commit notified again while it waits is triaged once."
                run={() => post<Notified>('/api/webhook/change-notification', { source_repo: repo, commit_sha: sha.trim(), commit_message: message, branch: branch.trim(), changed_files: files })}
                done={(answer) => (answer.total_dependents ? `${answer.total_dependents} repositories are triaged` : (answer.message ?? 'Nothing depends on it'))}
                onDone={(answer) => answer.total_dependents && void navigate({ to: '/triage/decisions', search: { change: sha.trim() } })} />
              {lacks.length > 0 && <Text size="xs" c="dimmed">Still needed: {lacks.join(', ')}</Text>}
            </Group>
          </Stack>
        </Paper>
      </Section>
      <Section title={repo ? `Will be triaged (${dependents.length})` : 'Will be triaged'}>
        {!repo && <Text size="sm" c="dimmed">Choose a repository to see what depends on it.</Text>}
        {repo && dependents.length === 0 && <Text size="sm">No relationship says that something depends on {repo}.</Text>}
        <Stack gap="xs">
          {dependents.map((each) => (
            <Paper key={each.key} withBorder p="sm" radius="md">
              <Text size="sm" fw={600}><RepositoryLink name={each.target} /></Text>
              <Text size="xs" c="dimmed">{each.kind === 'consumer' ? 'calls it' : 'was made from it'}{concernsOf(each).length ? `; what matters: ${concernsOf(each).map(words).join(', ')}` : ''}</Text>
            </Paper>
          ))}
        </Stack>
      </Section>
    </SimpleGrid>
  )
}

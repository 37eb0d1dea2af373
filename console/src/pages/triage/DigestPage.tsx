import { Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AnchorLink } from '../../components/links'
import { counted } from '../../components/format'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { ActionText } from './ActionText'
import { digestQuery } from './api'
import { DIGEST_DAYS } from './routes'
import { TriageTabs } from './TriageTabs'

const route = getRouteApi('/triage/digest')
/** More the server does not give at once. */
const ENTRIES_MAX = 500

export function DigestPage() {
  const { days = '7' } = route.useSearch()
  const navigate = route.useNavigate()
  const digest = useQuery(digestQuery(Number(days)))
  return (
    <Page title="Triage" about="Changes that are worth knowing and not urgent, by the repository that they are worth knowing for."
      actions={<SegmentedControl size="xs" aria-label="Days" data={DIGEST_DAYS.map((value) => ({ value, label: value === '1' ? '1 day' : `${value} days` }))} value={days} onChange={(next) => void navigate({ search: { days: next as typeof days }, replace: true })} />}>
      <TriageTabs />
      <QueryState query={digest}>
        {(data) => {
          const repositories = Object.entries(data.repositories)
          if (repositories.length === 0) return <Empty title={days === '1' ? 'Nothing in the last day' : `Nothing in the last ${days} days`} command={`howdah digest --days ${days}`}>Decisions of low urgency are gathered here instead of being sent.</Empty>
          return (
            <Stack gap="lg">
              <Text size="sm" c="dimmed">{counted(data.entries, 'entry', 'entries')} since <Time at={data.since} />{data.entries >= ENTRIES_MAX ? '; older ones are left out' : ''}</Text>
              {repositories.map(([name, entries]) => (
                <Section key={name} title={name}>
                  <Stack gap="xs">
                    {entries.map((entry) => (
                      <Paper key={entry.id} withBorder p="sm" radius="md">
                        <Group justify="space-between" gap="xs"><Text size="xs" c="dimmed"><Time at={entry.created_at} /></Text>{entry.task_id && <Text size="xs"><AnchorLink to="/triage/decisions/$id" params={{ id: entry.task_id }}>Decision</AnchorLink></Text>}</Group>
                        <ActionText action={entry} />
                      </Paper>
                    ))}
                  </Stack>
                </Section>
              ))}
            </Stack>
          )
        }}
      </QueryState>
    </Page>
  )
}

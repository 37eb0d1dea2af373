import { Alert, Button, Chip, Group, List, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { request } from '../../api/client'
import { CopyButton } from '../../components/CopyButton'
import { words } from '../../components/format'
import { Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { CHIP } from '../../components/chip'
import { DatabaseArea } from './DatabaseArea'
import { fact, script, summary, troubled, type Check, type Finding, type Report } from './doctor'
import { SqlText } from './SqlText'

const FIXES = {
  sql: 'This loses nothing and stops nobody.',
  review: 'Look first: it drops something, ends somebody’s work, or blocks others.',
  command: 'To be done by hand.',
}

/** What is wrong with the installation and its database, and what to do about it. */
export function DoctorPage() {
  const { area } = useSearch({ from: '/database/doctor' })
  const navigate = useNavigate({ from: '/database/doctor' })
  // Some fifty looks into the catalogue: only when somebody asks for them.
  const report = useQuery({ queryKey: ['doctor'], queryFn: async () => (await (await request('/api/doctor')).json()) as Report, staleTime: 60_000, refetchOnMount: true })
  return (
    <DatabaseArea about={<>What is wrong, worst first, and what corrects it. It changes nothing by itself. {report.dataUpdatedAt > 0 && <>Examined <Time at={report.dataUpdatedAt} />.</>}</>}
      actions={<Button size="xs" variant="default" leftSection={<IconRefresh size={16} />} loading={report.isFetching} onClick={() => void report.refetch()}>Examine again</Button>}>
      <QueryState query={report}>
        {({ checks }) => {
          const areas = [...new Set(checks.map((each) => each.area))]
          const shown = area ? checks.filter((each) => each.area === area) : checks
          const wrong = troubled(shown)
          const isDown = wrong.some((each) => each.status === 'down')
          return (
            <Stack gap="md">
              <Alert color={wrong.length === 0 ? 'teal' : isDown ? 'red' : 'yellow'} icon={wrong.length === 0 ? <IconCircleCheck size={18} /> : <IconAlertTriangle size={18} />} data-testid="doctor-summary"
                title={wrong.length === 0 ? 'All is well' : isDown ? 'Something does not work' : 'It works, but worse than it should, or not for long'}>
                <Group gap="xs"><Text size="sm">{summary(shown)}</Text>{wrong.length > 0 && <Group gap={4}><Text size="sm">· all fixes as a script</Text><CopyButton text={script(shown)} label="Copy all fixes as a script" /></Group>}</Group>
              </Alert>
              <Chip.Group value={area ?? ''} onChange={(next) => void navigate({ search: { area: (next as string) || undefined }, replace: true })}>
                <Group gap={6}>
                  <Chip variant="light" styles={CHIP} size="xs" value="">everything</Chip>
                  {areas.map((each) => <Chip variant="light" styles={CHIP} key={each} size="xs" value={each}>{each} {counted(checks, each)}</Chip>)}
                </Group>
              </Chip.Group>
              {shown.length === 0 && <Empty title="The doctor knows no such area" command="./howdah doctor" />}
              {wrong.map((each) => <Trouble key={each.name} check={each} />)}
              {shown.length > wrong.length && (
                <Section title="Well">
                  <Paper withBorder p="sm" radius="md">
                    <List size="sm" spacing={4} center icon={<IconCircleCheck size={16} color="light-dark(#1f9254, #45c07e)" aria-hidden="true" />}>
                      {shown.filter((each) => each.status === 'ok').map((each) => <List.Item key={each.name}><Text span fw={550} inherit>{sentence(each.title)}</Text> <Text span c="dimmed" inherit>{each.detail}</Text></List.Item>)}
                    </List>
                  </Paper>
                </Section>
              )}
            </Stack>
          )
        }}
      </QueryState>
    </DatabaseArea>
  )
}

const counted = (checks: Check[], area: string) => {
  const wrong = checks.filter((each) => each.area === area && each.status !== 'ok').length
  return wrong ? `(${wrong})` : ''
}

function Trouble({ check }: { check: Check }) {
  return (
    <Paper withBorder p="md" radius="md" component="article" aria-label={check.name}>
      <Stack gap="xs">
        <Group gap="xs"><State state={check.status} tone={check.status === 'down' ? 'bad' : check.status === 'degraded' ? 'warn' : 'off'} /><Text fw={650} component="h2" size="md">{sentence(words(check.name))}</Text><Text size="xs" c="dimmed">{check.area}</Text></Group>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{sentence(check.detail)}</Text>
        {check.status !== 'unknown' && <Text size="sm" c="dimmed">Should be: {check.title}. {check.meaning}</Text>}
        {check.findings.length > 0 ? check.findings.map((each, i) => <Found key={`${each.object}-${i}`} finding={each} />) : check.remedy && <SqlText text={check.remedy} label={`Fix of ${check.name}`} />}
      </Stack>
    </Paper>
  )
}

function Found({ finding }: { finding: Finding }) {
  return (
    <Stack gap={4}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}><Text span fw={600} inherit>{finding.object}</Text> <Text span c="dimmed" inherit>{Object.entries(finding.facts).map(([name, value]) => fact(name, value)).join(', ')}</Text></Text>
      {finding.fix && <><SqlText text={finding.fix.text} label={`Fix of ${finding.object}`} /><Text size="xs" c="dimmed">{FIXES[finding.fix.kind]}</Text></>}
    </Stack>
  )
}

function sentence(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

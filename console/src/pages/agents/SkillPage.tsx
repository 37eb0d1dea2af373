import { Badge, Box, Group, Paper, SimpleGrid, Stack, Tabs, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { ApiError } from '../../api/client'
import type { Json } from '../../api/json'
import { Action } from '../../components/Action'
import { AnchorLink } from '../../components/links'
import { words } from '../../components/format'
import { JsonView } from '../../components/JsonView'
import { Page, Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Empty, QueryState } from '../../components/QueryState'
import { SchemaForm } from '../../components/SchemaForm'
import { repositoryNamesQuery, send, skillsQuery, type AgentTask, type Skill } from './api'
import { defaultsOf, missing, withRepositories } from './skillInput'
import { TaskRun } from './TaskRun'

const route = getRouteApi('/agents/skills/$name')

/** One skill: what it takes and gives, and a form to try it. */
export function SkillPage() {
  const { name } = route.useParams()
  const skills = useQuery(skillsQuery)
  const skill = skills.data?.find((each) => each.id === name)
  return (
    <Page title={skill?.display_name ?? name} about={skill?.description} before={<Text size="sm"><AnchorLink to="/agents">Agents</AnchorLink></Text>}>
      <QueryState query={skills}>
        {() => (skill
          ? <OneSkill key={skill.id} skill={skill} />
          : <Problem error={new ApiError(404, 'skill-unknown', `there is no skill "${name}"`, 'Choose one of those under Agents; the server may be of another version.')} />)}
      </QueryState>
    </Page>
  )
}

function OneSkill({ skill }: { skill: Skill }) {
  const { task } = route.useSearch()
  return (
    <>
      <Group gap={6}>
        <Badge tt="none" fw={600} variant="default">{words(skill.category)}</Badge>
        <Badge tt="none" fw={600} variant="default">{skill.is_async ? 'puts its work into the queue' : 'answers at once'}</Badge>
        {skill.requires_auth && <Badge tt="none" fw={600} variant="default">needs the API key</Badge>}
        <Text size="xs" c="dimmed" ff="monospace">{skill.id}</Text>
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg"><TryIt skill={skill} /><Schemas skill={skill} /></Stack>
        <Section title="Run">
          {task
            ? <Paper withBorder p="md" radius="md"><TaskRun key={task} id={task} /></Paper>
            : <Empty title="Not run yet" command={`howdah skills start ${skill.id} '{}' --wait`}>Fill in the form and run it: it becomes a task, and what happens in it is shown here as it happens.</Empty>}
        </Section>
      </SimpleGrid>
    </>
  )
}

function TryIt({ skill }: { skill: Skill }) {
  const navigate = route.useNavigate()
  const names = useQuery(repositoryNamesQuery)
  const schema = useMemo(() => withRepositories(skill.input_schema, names.data ?? []), [skill, names.data])
  const [value, setValue] = useState<Record<string, Json | undefined>>(() => defaultsOf(skill.input_schema))
  const lacks = missing(skill.input_schema, value)
  const fields = Object.keys(schema.properties ?? {}).length
  return (
    <Section title="Try it">
      <Paper withBorder p="md" radius="md">
        <Stack gap="md">
          {fields ? <SchemaForm schema={schema} value={value} onChange={setValue} /> : <Text size="sm" c="dimmed">It needs no input.</Text>}
          <Group gap="sm">
            <Action label="Run" icon={<IconPlayerPlay size={15} />} variant="filled" blocked={lacks.length ? `Still needed: ${lacks.map(words).join(', ')}` : undefined}
              about={<Stack gap="xs"><Text size="sm">Runs {skill.display_name} as a task with this input:</Text><JsonView value={value} label="Input" maxHeight={260} /></Stack>}
              undo={skill.category === 'query' ? 'It reads only; the task stays in the list of agent tasks.' : 'The task can be cancelled while it runs; what the skill has done by then stays.'}
              run={() => send<AgentTask>('POST', `/api/skills/${encodeURIComponent(skill.id)}/tasks`, value)} done={() => `${skill.display_name} runs`}
              onDone={(started) => void navigate({ search: { task: started.id } })} />
            {lacks.length > 0 && <Text size="xs" c="dimmed">Still needed: {lacks.map(words).join(', ')}</Text>}
          </Group>
        </Stack>
      </Paper>
    </Section>
  )
}

function Schemas({ skill }: { skill: Skill }) {
  return (
    <Box>
      <Tabs defaultValue="input" keepMounted={false}>
        <Tabs.List><Tabs.Tab value="input">Schema of the input</Tabs.Tab><Tabs.Tab value="output">Schema of the answer</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="input" pt="xs"><JsonView value={skill.input_schema} label="Schema of the input" maxHeight={300} /></Tabs.Panel>
        <Tabs.Panel value="output" pt="xs"><JsonView value={skill.output_schema} label="Schema of the answer" maxHeight={300} /></Tabs.Panel>
      </Tabs>
    </Box>
  )
}

import { Badge, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconKey, IconListCheck, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Page, Section } from '../../components/Page'
import { Empty, QueryState } from '../../components/QueryState'
import { words } from '../../components/format'
import { AgentTabs } from './AgentTabs'
import { skillsQuery, type Skill } from './api'
import classes from './agents.module.css'

const route = getRouteApi('/agents')

export function SkillsPage() {
  const { q } = route.useSearch()
  const navigate = route.useNavigate()
  const skills = useQuery(skillsQuery)
  return (
    <Page title="Agents" about="What this agent can do. Every skill can be tried here and is offered over A2A and MCP, too.">
      <AgentTabs />
      <TextInput aria-label="Find a skill" placeholder="Find a skill by name or what it does" leftSection={<IconSearch size={15} />} maw={420} value={q ?? ''} onChange={(event) => void navigate({ search: { q: event.currentTarget.value || undefined }, replace: true })} />
      <QueryState query={skills}>
        {(all) => {
          const found = all.filter((skill) => matches(skill, q ?? ''))
          if (found.length === 0) return <Empty title="No skill is like that">Try another word; there are {all.length} skills.</Empty>
          return <Stack gap="lg">{byCategory(found).map(([category, each]) => <Category key={category} category={category} skills={each} />)}</Stack>
        }}
      </QueryState>
    </Page>
  )
}

function Category({ category, skills }: { category: string; skills: Skill[] }) {
  return (
    <Section title={`${words(category).replace(/^./, (letter) => letter.toUpperCase())} (${skills.length})`}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs" verticalSpacing="xs">
        {skills.map((skill) => (
          <Link key={skill.id} to="/agents/skills/$name" params={{ name: skill.id }} className={classes.skill}>
            <Group gap={6} justify="space-between" wrap="nowrap" align="flex-start">
              <Text fw={600} size="sm">{skill.display_name}</Text>
              <Group gap={4} wrap="nowrap">
                {skill.is_async && <Badge tt="none" fw={600} size="xs" variant="default" leftSection={<IconListCheck size={10} />}>task</Badge>}
                {skill.requires_auth && <Badge tt="none" fw={600} size="xs" variant="default" leftSection={<IconKey size={10} />}>key</Badge>}
              </Group>
            </Group>
            <Text size="xs" c="dimmed" lineClamp={2}>{skill.description}</Text>
            <Text size="xs" ff="monospace" c="dimmed" mt={4}>{skill.id}</Text>
          </Link>
        ))}
      </SimpleGrid>
    </Section>
  )
}

function matches(skill: Skill, q: string): boolean {
  const text = `${skill.id} ${skill.display_name} ${skill.description} ${skill.category}`.toLowerCase()
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}

function byCategory(skills: Skill[]): [string, Skill[]][] {
  const groups = new Map<string, Skill[]>()
  for (const skill of skills) groups.set(skill.category, [...(groups.get(skill.category) ?? []), skill])
  return [...groups].sort(([a], [b]) => a.localeCompare(b))
}

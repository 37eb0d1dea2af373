import { ActionIcon, AppShell, Badge, Box, Burger, Button, Group, Kbd, Menu, Modal, NavLink, Table, Text, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconDeviceDesktop, IconMoon, IconPlayerPause, IconPlayerPlay, IconSearch, IconSun } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { request } from '../api/client'
import { setPreferences, usePreferences } from '../components/preferences'
import { State } from '../components/State'
import { Time } from '../components/Time'
import { useLive, useLiveState } from '../live/LiveContext'
import { AREAS } from './areas'
import { KeyGate } from './KeyGate'
import { onKey, useAllCommands, useCommands } from './shortcuts'
import classes from './Shell.module.css'

/** What is around every page: the navigation, whether things are live, the palette. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const [isHelpOpen, help] = useDisclosure(false)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const navigate = useNavigate()
  const live = useLive()
  const commands = useAllCommands()
  const { setColorScheme } = useMantineColorScheme()
  useCommands([
    ...AREAS.map((area) => ({ id: `go-${area.path}`, label: area.name, about: area.about, group: 'Go to', keys: `g ${area.letter}`, run: () => void navigate({ to: area.path }) })),
    { id: 'palette', label: 'Search and commands', group: 'Console', keys: '/', run: spotlight.open },
    { id: 'pause', label: 'Pause or resume live updates', group: 'Console', keys: 'p', run: () => live.togglePause() },
    { id: 'help', label: 'Keyboard shortcuts', group: 'Console', keys: '?', run: help.open },
    { id: 'zone', label: 'Times in local zone or UTC', group: 'Console', run: () => setPreferences({ zone: zone() === 'utc' ? 'local' : 'utc' }) },
    { id: 'times', label: 'Times relative or absolute', group: 'Console', run: () => setPreferences({ times: times() === 'relative' ? 'absolute' : 'relative' }) },
    { id: 'light', label: 'Light colours', group: 'Console', run: () => setColorScheme('light') },
    { id: 'dark', label: 'Dark colours', group: 'Console', run: () => setColorScheme('dark') },
    { id: 'system', label: 'Colours of the system', group: 'Console', run: () => setColorScheme('auto') },
  ], [])
  const { zone: zoneNow, times: timesNow } = usePreferences()
  preferences = { zone: zoneNow, times: timesNow }
  useEffect(() => {
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  useEffect(close, [path])

  return (
    <AppShell header={{ height: 50 }} navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <AppShell.Header>
        <a className={classes.skip} href="#main" onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}>Skip to the content</a>
        <Group h="100%" px="md" gap="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <UnstyledButton component={Link} to="/" className={classes.brand} aria-label="Howdah, overview"><img src="./favicon.svg" alt="" width={24} height={24} /><Text fw={700} visibleFrom="xs">Howdah</Text></UnstyledButton>
            <Health />
          </Group>
          <Group gap={6} wrap="nowrap">
            <Button variant="default" size="compact-sm" leftSection={<IconSearch size={14} />} rightSection={<Kbd size="xs">/</Kbd>} visibleFrom="sm" onClick={spotlight.open}>Search</Button>
            <ActionIcon variant="default" hiddenFrom="sm" aria-label="Search" onClick={spotlight.open}><IconSearch size={16} /></ActionIcon>
            <LiveMark />
            <ColourMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Areas">
        {AREAS.map((area) => (
          <NavLink key={area.path} component={Link} to={area.path} label={area.name} leftSection={<area.icon size={17} stroke={1.7} />} active={area.path === '/' ? path === '/' : path === area.path || path.startsWith(`${area.path}/`)} className={classes.nav} />
        ))}
        <Box mt="auto" p="xs">
          <Group gap="sm"><Text component="a" size="xs" href="../docs" c="dimmed">API</Text><Text component="a" size="xs" href="../metrics" c="dimmed">Metrics</Text><Text component="button" className={classes.plain} size="xs" c="dimmed" onClick={help.open}>Shortcuts</Text></Group>
        </Box>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <StaleBanner />
        <KeyGate><Outlet /></KeyGate>
      </AppShell.Main>
      <Spotlight actions={commands.filter((command) => command.id !== 'palette').map((command) => ({ id: command.id, label: command.label, description: command.about, group: command.group, onClick: command.run, rightSection: command.keys && <Kbd size="xs">{command.keys}</Kbd> })) as never}
        shortcut={['mod + K']} tagsToIgnore={[]} scrollable maxHeight={420} nothingFound="Nothing is called so" searchProps={{ placeholder: 'Go to a page, or do something', leftSection: <IconSearch size={16} />, 'aria-label': 'Search commands' }} />
      <Modal opened={isHelpOpen} onClose={help.close} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Table>
          <Table.Tbody>
            {[...commands.filter((command) => command.keys), ...LIST_KEYS].map((command) => <Table.Tr key={command.id}><Table.Td>{command.keys!.split(' ').map((key) => <Kbd key={key} mr={4}>{key}</Kbd>)}</Table.Td><Table.Td>{command.label}</Table.Td></Table.Tr>)}
          </Table.Tbody>
        </Table>
      </Modal>
    </AppShell>
  )
}

const LIST_KEYS = [
  { id: 'list-go', keys: 'j k', label: 'In lists: next and previous row' },
  { id: 'list-open', keys: 'Enter', label: 'In lists: open' },
  { id: 'list-mark', keys: 'x', label: 'In lists: mark, with Shift a range' },
]

let preferences = { zone: 'local', times: 'relative' }
const zone = () => preferences.zone
const times = () => preferences.times

interface HealthReport {
  status: string
}

/** The server says 503 with the same report when something is down. */
function Health() {
  const health = useQuery({ queryKey: ['health'], queryFn: async () => (await (await request('/health')).json()) as HealthReport, refetchInterval: 15_000, retry: false })
  const status = health.isError ? 'down' : (health.data?.status ?? 'connecting')
  return <Tooltip label="Health; the overview has the details"><span><State state={status} /></span></Tooltip>
}

function LiveMark() {
  const live = useLive()
  const state = useLiveState()
  const label = state === 'paused' ? 'Resume live updates' : 'Pause live updates'
  return (
    <Tooltip label={`${label} (p)`}>
      <Button variant="default" size="compact-sm" aria-label={label} aria-pressed={state === 'paused'} data-live={state} onClick={() => live.togglePause()} leftSection={state === 'paused' ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}>
        <State state={state} tone={{ live: 'good', connecting: 'idle', stale: 'bad', paused: 'warn' }[state] as never} />
      </Button>
    </Tooltip>
  )
}

function StaleBanner() {
  const live = useLive()
  const state = useLiveState()
  if (state !== 'stale' && state !== 'paused') return null
  return (
    <Box className={classes.stale} data-state={state} role="status" data-testid="stale">
      {state === 'stale' ? <>The connection is lost. What you see is from <Time at={live.since} />; it is tried again.</> : <>Live updates are paused. What you see stays as it is.</>}
    </Box>
  )
}

function ColourMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const icons = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }
  const Current = icons[colorScheme]
  return (
    <Menu position="bottom-end">
      <Menu.Target><ActionIcon variant="default" size={26} aria-label="Colours"><Current size={15} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {(['light', 'dark', 'auto'] as const).map((each) => {
          const Each = icons[each]
          return <Menu.Item key={each} leftSection={<Each size={15} />} rightSection={colorScheme === each ? <Badge size="xs" variant="default">now</Badge> : undefined} onClick={() => setColorScheme(each)}>{each === 'auto' ? 'System' : each === 'dark' ? 'Dark' : 'Light'}</Menu.Item>
        })}
      </Menu.Dropdown>
    </Menu>
  )
}

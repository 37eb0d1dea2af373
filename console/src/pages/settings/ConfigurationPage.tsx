import { Badge, Chip, Code, Drawer, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconLock, IconSearch, IconSettings } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CopyButton } from '../../components/CopyButton'
import { DataTable, type Column } from '../../components/DataTable'
import { Empty, QueryState } from '../../components/QueryState'
import { useConfiguration, type Setting } from './api'
import { matches, ORIGINS, originOf, shown, type Origin } from './origin'
import { CHIP } from '../../components/chip'
import { SettingsArea } from './SettingsArea'

function Value({ setting }: { setting: Setting }) {
  const isPlain = setting.secret || setting.value === ''
  return (
    <Group gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
      {setting.secret && <IconLock size={13} aria-label="secret" />}
      <Text span inherit truncate c={isPlain ? 'dimmed' : undefined} ff={isPlain ? undefined : 'monospace'} fw={!isPlain && setting.source !== 'default' ? 650 : undefined} title={shown(setting)}>{shown(setting)}</Text>
    </Group>
  )
}

const COLUMNS: Column<Setting>[] = [
  { key: 'name', header: 'Setting', width: 'minmax(160px, 1.5fr)', cell: (row) => (
    <>
      <Text span inherit fw={550} title={row.name} style={{ display: 'block', overflow: 'hidden', textOverflow: 'ellipsis' }}>{row.name}</Text>
      <Text size="xs" c="dimmed" truncate title={row.description}>{row.description}</Text>
    </>
  ) },
  { key: 'value', header: 'Value', width: 'minmax(100px, 1fr)', cell: (row) => <Value setting={row} /> },
  { key: 'origin', header: 'From', width: '130px', from: 560, cell: (row) => <Badge variant={originOf(row) === 'default' ? 'outline' : 'light'} color={originOf(row) === 'default' ? 'gray' : undefined} tt="none" size="sm" autoContrast styles={{ label: { color: 'var(--mantine-color-text)' } }}>{originOf(row)}</Badge> },
  { key: 'source', header: 'Named by', width: 'minmax(120px, 0.8fr)', from: 860, cell: (row) => <span title={row.source}>{originOf(row) === 'default' ? '–' : row.source}</span> },
]

/** Every setting in force, and where it comes from. */
export function ConfigurationPage() {
  const { q, origin, name } = useSearch({ from: '/settings' })
  const navigate = useNavigate({ from: '/settings' })
  const look = (change: { q?: string; origin?: Origin; name?: string }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const configuration = useConfiguration()
  return (
    <SettingsArea about="What the server that answers here was started with. Variables win over howdah.yml, and that over the default; a change needs a start. Secrets are never shown.">
      <QueryState query={configuration} skeleton={8}>
        {({ items }) => {
          const found = q ? items.filter((each) => matches(each, q)) : items
          const open = items.find((each) => each.name === name)
          return (
            <Stack gap="sm">
              <Group gap="md">
                <TextInput size="xs" w={260} aria-label="Find a setting" placeholder="Find a setting" leftSection={<IconSearch size={14} />} value={q ?? ''} onChange={(event) => look({ q: event.currentTarget.value || undefined })} />
                <Chip.Group value={origin ?? ''} onChange={(next) => look({ origin: ORIGINS.find((each) => each === next) })}>
                  <Group gap={6}>
                    <Chip variant="light" styles={CHIP} size="xs" value="">all {found.length}</Chip>
                    {ORIGINS.map((each) => <Chip variant="light" styles={CHIP} key={each} size="xs" value={each}>{each} {found.filter((row) => originOf(row) === each).length}</Chip>)}
                  </Group>
                </Chip.Group>
              </Group>
              <DataTable label="Configuration" columns={COLUMNS} rows={origin ? found.filter((each) => originOf(each) === origin) : found} rowKey={(row) => row.name} rowHeight={52} current={name} onOpen={(row) => look({ name: row.name })}
                empty={<Empty title="No setting is like that" icon={<IconSettings size={24} />} command="./howdah config" />} />
              <Drawer opened={name !== undefined} onClose={() => look({ name: undefined })} position="right" size="md" title="Setting" closeButtonProps={{ 'aria-label': 'Close' }}>
                {open ? <Details setting={open} /> : <Text size="sm">There is no such setting.</Text>}
              </Drawer>
            </Stack>
          )
        }}
      </QueryState>
    </SettingsArea>
  )
}

function Details({ setting }: { setting: Setting }) {
  const rows: [string, string, boolean][] = [['Variable', setting.variable, true], ['In howdah.yml', setting.name, true], ['Value', shown(setting), false], ['From', originOf(setting) === 'default' ? 'the default' : `${setting.source} (${originOf(setting)})`, false], ...(setting.secret ? [] : [['Default', setting.default_value || 'empty', false] as [string, string, boolean]])]
  return (
    <Stack gap="md">
      <Text fw={650} style={{ overflowWrap: 'anywhere' }}>{setting.name}</Text>
      <Text size="sm">{setting.description}</Text>
      {setting.secret && <Text size="sm" c="dimmed">It is a secret: only whether it is set is told. It can also be read from a file that the variable {setting.variable}_FILE names.</Text>}
      {rows.map(([label, value, isCopied]) => (
        <div key={label}>
          <Text size="xs" c="dimmed" fw={600}>{label}</Text>
          <Group gap={4} wrap="nowrap" align="flex-start"><Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>{isCopied && <CopyButton text={value} label={`Copy ${value}`} />}</Group>
        </div>
      ))}
    </Stack>
  )
}

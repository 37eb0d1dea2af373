import { Paper, Radio, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { setPreferences, usePreferences } from '../../components/preferences'
import { Section } from '../../components/Page'
import { Time } from '../../components/Time'
import { useState } from 'react'
import { SettingsArea } from './SettingsArea'

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** What a person prefers; kept in this browser. */
export function DevicePage() {
  const { zone, times } = usePreferences()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [opened] = useState(() => Date.now())
  return (
    <SettingsArea about="How the console looks here. Kept in this browser, changed at once, and sent nowhere.">
      <Paper withBorder p="md" radius="md" maw={560}>
        <Stack gap="lg">
          <Radio.Group label="Times" description={<>For example, when this page was opened: <Text span fw={600} inherit><Time at={opened} /></Text></>} value={times} onChange={(next) => setPreferences({ times: next === 'absolute' ? 'absolute' : 'relative' })}>
            <Stack gap={6} mt="xs"><Radio value="relative" label="How long ago, exactly on hover" /><Radio value="absolute" label="Exactly, how long ago on hover" /></Stack>
          </Radio.Group>
          <Radio.Group label="Time zone" value={zone} onChange={(next) => setPreferences({ zone: next === 'utc' ? 'utc' : 'local' })}>
            <Stack gap={6} mt="xs"><Radio value="local" label={`That of this device: ${ZONE}`} /><Radio value="utc" label="UTC" /></Stack>
          </Radio.Group>
          <Section title="Colours">
            <SegmentedControl aria-label="Colours" value={colorScheme} onChange={(next) => setColorScheme(next as 'auto')} data={[{ value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }, { value: 'auto', label: 'As the system' }]} />
          </Section>
        </Stack>
      </Paper>
    </SettingsArea>
  )
}

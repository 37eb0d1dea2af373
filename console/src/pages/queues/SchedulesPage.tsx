import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconBolt, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Action } from '../../components/Action'
import { Page } from '../../components/Page'
import { usePreferences } from '../../components/preferences'
import { Empty, QueryState } from '../../components/QueryState'
import { State } from '../../components/State'
import { Time } from '../../components/Time'
import { changeSchedule, deleteSchedule, listSchedules, triggerSchedule, type Schedule } from './api'
import { cronInWords, everyInWords } from './cron'
import { QueueTabs } from './QueueTabs'
import { ScheduleAction } from './ScheduleAction'

/** What is enqueued by itself, and when. */
export function SchedulesPage() {
  const schedules = useQuery({ queryKey: ['schedules', 'list'], queryFn: listSchedules })
  return (
    <Page title="Schedules" about="Tasks that are enqueued by the clock" tabs={<QueueTabs />} actions={<ScheduleAction />}>
      <QueryState query={schedules}>
        {({ items }) => items.length === 0
          ? <Empty title="There are no schedules yet" command={'howdah schedules put nightly --cron "30 2 * * *" --type report'}>Add one above, or in a shell:</Empty>
          : <Stack gap="xs">{items.map((each) => <ScheduleRow key={each.name} schedule={each} />)}</Stack>}
      </QueryState>
    </Page>
  )
}

function ScheduleRow({ schedule }: { schedule: Schedule }) {
  const { zone } = usePreferences()
  const { name } = schedule
  const when = schedule.cron ? cronInWords(schedule.cron) : everyInWords(schedule.every ?? '')
  return (
    <Paper withBorder px="sm" py="xs" component="article" aria-label={`Schedule ${name}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Stack gap={3} style={{ minWidth: 0 }}>
          <Group gap="xs"><Title order={2} size="h6" style={{ overflowWrap: 'anywhere' }}>{name}</Title>{schedule.paused_at && <State state="paused" />}</Group>
          <Text size="sm">{when}{schedule.cron && <Text span inherit c="dimmed"> · <code>{schedule.cron}</code></Text>} <Text span inherit c="dimmed">({schedule.zone})</Text></Text>
          <Text size="sm" c="dimmed">Enqueues <Anchor component={Link} to="/tasks" search={{ q: `type:${schedule.type}` } as never} size="sm">{schedule.type}</Anchor> in {schedule.queue}; {CATCH_UP[schedule.catch_up] ?? schedule.catch_up}.</Text>
          <Text size="xs" c="dimmed" component="div">
            {schedule.paused_at ? <>Paused <Time at={schedule.paused_at} /></> : <>Next: <Time at={schedule.next_run_at} />, then {schedule.upcoming.filter((each) => each !== schedule.next_run_at).slice(0, 4).map((each) => moment(new Date(each), zone)).join(' · ')}</>}
          </Text>
          {schedule.last_run_at && <Text size="xs" c="dimmed" component="div">Last: <Time at={schedule.last_run_at} />{schedule.last_task_id && <>, <Anchor component={Link} to={`/tasks/${schedule.last_task_id}` as never} size="xs">its task</Anchor></>}</Text>}
        </Stack>
        <Group gap={2} wrap="nowrap" style={{ flex: 'none' }}>
          <Action compact label={`Run ${name} now`} confirmLabel="Run now" icon={<IconBolt size={16} />} about={<>The task of <b>{name}</b> is enqueued now, beside its rhythm.</>} undo="To undo it, cancel the task before it runs." run={() => triggerSchedule(name)} done={() => 'Enqueued'} />
          {schedule.paused_at
            ? <Action compact label={`Resume ${name}`} confirmLabel="Resume" icon={<IconPlayerPlay size={16} />} about={<><b>{name}</b> fires again; what was missed: {CATCH_UP[schedule.catch_up]}.</>} undo="To undo it, pause it again." run={() => changeSchedule(name, 'resume')} done={() => `${name} fires again`} />
            : <Action compact label={`Pause ${name}`} confirmLabel="Pause" icon={<IconPlayerPause size={16} />} about={<><b>{name}</b> enqueues nothing until it is resumed. Tasks that it enqueued go on.</>} undo="To undo it, resume it." run={() => changeSchedule(name, 'pause')} done={() => `${name} is paused`} />}
          <ScheduleAction from={schedule} />
          <Action compact label={`Delete ${name}`} confirmLabel="Delete" isDangerous icon={<IconTrash size={16} />} about={<><b>{name}</b> is removed; tasks that it enqueued stay.</>} undo="This cannot be undone; it can be put anew." run={() => deleteSchedule(name)} done={() => `${name} is deleted`} />
        </Group>
      </Group>
    </Paper>
  )
}

function moment(at: Date, zone: 'local' | 'utc') {
  return at.toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone === 'utc' ? 'UTC' : undefined, ...(at.getTime() - Date.now() > 6 * 86_400_000 ? { day: '2-digit', month: 'short' } : {}) })
}

const CATCH_UP: Record<string, string> = { skip: 'what was missed is left out', one: 'what was missed is run once', all: 'all that was missed is run' }

import { Group, Text } from '@mantine/core'
import { Time, useNow } from '../../components/Time'
import { steps, type TimelineTask } from './timeline'
import classes from './Timeline.module.css'

/** What happened to a task; attempts after which it went back branch off. */
export function Timeline({ task }: { task: TimelineTask }) {
  const now = useNow()
  return (
    <ol className={classes.list} aria-label="What happened">
      {steps(task, now).map((step) => (
        <li key={step.key} className={classes.step} data-tone={step.tone} data-branch={step.isBranch || undefined} data-ahead={step.isAhead || undefined}>
          {step.isBranch && <><span className={classes.rail} /><span className={classes.bend} /></>}
          <Group gap="xs" align="baseline">
            <Text size="sm" fw={600} style={{ textTransform: 'none' }}>{step.title.charAt(0).toUpperCase() + step.title.slice(1)}</Text>
            {step.at && <Text size="xs" c="dimmed" component="span"><Time at={step.at} /></Text>}
          </Group>
          {(step.after || step.about) && <Text size="xs" c="dimmed">{[step.after, step.about].filter(Boolean).join(' · ')}</Text>}
        </li>
      ))}
    </ol>
  )
}

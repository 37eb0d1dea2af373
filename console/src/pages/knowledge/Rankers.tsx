import { Group, Text, Tooltip } from '@mantine/core'
import type { Hit } from './api'
import { explain } from './explain'
import classes from './Rankers.module.css'

/** Why a hit stands where it does: what each ranker thought of it, and what became of that. */
export function Rankers({ hit, best }: { hit: Hit; best: number }) {
  return (
    <Group gap="md" className={classes.rankers} data-testid="rankers">
      <span className={classes.part}>
        <Text span size="xs" fw={600}>Score {hit.score.toPrecision(3)}</Text>
        <span className={classes.track} aria-hidden="true"><span style={{ width: `${best > 0 ? Math.max(2, (hit.score / best) * 100) : 0}%` }} /></span>
      </span>
      {explain(hit.rankers).map((part) => (
        <Tooltip key={part.ranker} label={part.about} multiline maw={300}>
          <Text span size="xs" c="dimmed" tabIndex={0} aria-label={`${part.text}. ${part.about}`} role="note">{part.text}</Text>
        </Tooltip>
      ))}
    </Group>
  )
}

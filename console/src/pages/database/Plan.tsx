import { Text } from '@mantine/core'
import { count, duration, short } from '../../components/format'
import { State } from '../../components/State'
import { Bar } from './Bar'
import classes from './database.module.css'
import { isMisjudged, steps } from './plan'

/** A plan as its steps, with what each took by itself. */
export function Plan({ plan }: { plan: unknown }) {
  const all = steps(plan)
  const isRun = all.some((step) => step.ownMs !== undefined)
  const weight = (step: (typeof all)[number]) => (isRun ? (step.ownMs ?? 0) : step.ownCost)
  const sum = all.reduce((total, step) => total + weight(step), 0) || 1
  return (
    <div className={classes.planBox} tabIndex={0} role="region" aria-label="Steps of the plan">
      <table className={classes.plan}>
        <thead><tr><th>Step</th><th data-align="right" style={{ width: '24%' }}>{isRun ? 'Time by itself' : 'Cost by itself'}</th><th data-align="right">Rows</th></tr></thead>
        <tbody>
          {all.map((step, i) => (
            <tr key={i}>
              <td>
                <div className={classes.step} style={{ marginLeft: step.depth * 14 }}>
                  <Text size="sm" fw={550} component="div" style={{ overflowWrap: 'anywhere' }}>{step.name}</Text>
                  {step.detail && <Text size="xs" c="dimmed" className={classes.mono} style={{ overflowWrap: 'anywhere' }}>{step.detail}</Text>}
                </div>
              </td>
              <td data-align="right"><Bar part={weight(step) / sum} tone={weight(step) / sum > 0.5 && all.length > 1 ? 'warn' : undefined} text={isRun ? duration(step.ownMs) : short(step.ownCost)} /></td>
              <td data-align="right">
                {step.rows === undefined ? `about ${count(step.expectedRows)}` : <>{count(step.rows)}<Text size="xs" c="dimmed">expected {count(step.expectedRows)}</Text></>}
                {isMisjudged(step) && <State state="misjudged" tone="warn" />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

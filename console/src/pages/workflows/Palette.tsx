import { Text } from '@mantine/core'
import { NODE_KINDS } from './nodeTypes'
import classes from './workflows.module.css'

/** What the canvas reads from a drop. */
export const DRAGGED_TYPE = 'application/x-howdah-node'

const GROUPS = ['Do', 'Decide and wait', 'Structure'] as const

/** The types of nodes, to click or to drag. */
export function Palette({ onAdd, behind }: { onAdd: (type: string) => void; behind?: string }) {
  return (
    <section className={classes.palette} aria-label="Steps to add">
      <Text size="xs" c="dimmed" mb={6}>{behind ? <>Click to add behind <b>{behind}</b>, or drag.</> : 'Click to add, or drag.'}</Text>
      {GROUPS.map((group) => (
        <div key={group} role="group" aria-label={group}>
          <Text size="xs" fw={600} mt={6} mb={2}>{group}</Text>
          {NODE_KINDS.filter((kind) => kind.group === group).map((kind) => (
            <button key={kind.type} type="button" className={classes.kind} title={kind.about} draggable onDragStart={(event) => {
              event.dataTransfer.setData(DRAGGED_TYPE, kind.type)
              event.dataTransfer.effectAllowed = 'copy'
            }} onClick={() => onAdd(kind.type)}>
              <kind.icon size={17} stroke={1.7} aria-hidden />{kind.label}
            </button>
          ))}
        </div>
      ))}
    </section>
  )
}

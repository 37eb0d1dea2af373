import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Facts.module.css'

export type Fact = readonly [name: string, value: ReactNode]

/** Short facts, each with its name: beside each other in a frame, or as lines of a narrow panel. */
export function Facts({ facts, isLines }: { facts: readonly Fact[]; isLines?: boolean }) {
  const list = <dl className={isLines ? classes.lines : classes.facts}>{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
  return isLines ? list : <Paper withBorder p="sm" radius="md">{list}</Paper>
}

import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Facts.module.css'

/** Short facts beside each other, each under its name. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <Paper withBorder p="sm" radius="md">
      <dl className={classes.facts}>{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </Paper>
  )
}

import { Fragment, type ReactNode } from 'react'
import classes from './database.module.css'

/** Names with their values, one below the other. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return <dl className={classes.facts}>{facts.map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>
}

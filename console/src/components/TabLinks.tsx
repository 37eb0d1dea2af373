import { Link, type LinkProps } from '@tanstack/react-router'
import classes from './TabLinks.module.css'

export interface Tab {
  to: LinkProps['to']
  label: string
  /** Only the address itself, not those below it. */
  exact?: boolean
}

/** The views of an area, each with an address of its own. */
export function TabLinks({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => <Link key={tab.label} to={tab.to} className={classes.tab} activeOptions={{ exact: tab.exact, includeSearch: false }}>{tab.label}</Link>)}
    </nav>
  )
}

import { Link, type LinkProps } from '@tanstack/react-router'
import classes from './AreaTabs.module.css'

export interface AreaTab {
  to: LinkProps['to']
  params?: Record<string, string>
  label: string
  /** Not for the pages below it. */
  exact?: boolean
}

/** The pages of an area, side by side; each has an address of its own. */
export function AreaTabs({ label, tabs }: { label: string; tabs: AreaTab[] }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.label} to={tab.to} params={tab.params as never} className={classes.tab} activeOptions={{ exact: tab.exact ?? false, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>{tab.label}</Link>
      ))}
    </nav>
  )
}

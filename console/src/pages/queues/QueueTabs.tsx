import { Link, useRouterState } from '@tanstack/react-router'
import classes from './QueueTabs.module.css'

const TABS = [{ to: '/queues', name: 'Queues' }, { to: '/queues/schedules', name: 'Schedules' }, { to: '/queues/workers', name: 'Workers' }] as const

/** The pages of the area; each has its own address. */
export function QueueTabs() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <nav className={classes.tabs} aria-label="Pages of Queues">
      {TABS.map((tab) => <Link key={tab.to} to={tab.to} className={classes.tab} activeOptions={{ exact: true }} aria-current={path === tab.to ? 'page' : undefined}>{tab.name}</Link>)}
    </nav>
  )
}

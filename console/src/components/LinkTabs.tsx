import { Link, useRouterState, type LinkProps } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import classes from './LinkTabs.module.css'

export interface LinkTab {
  to: LinkProps['to']
  label: string
}

/** The pages of an area, each with an address of its own. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const bar = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // On a phone the page that is open may be beyond the edge.
  useEffect(() => {
    const box = bar.current
    const open = box?.querySelector<HTMLElement>('[aria-current]')
    if (box && open) box.scrollLeft = open.offsetLeft - (box.clientWidth - open.clientWidth) / 2
  }, [path])
  return (
    <nav ref={bar} aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => <Link key={tab.label} to={tab.to} className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>{tab.label}</Link>)}
    </nav>
  )
}

import { Link, useRouterState, type LinkProps } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import classes from './AreaTabs.module.css'

export interface AreaTab {
  to: LinkProps['to']
  params?: Record<string, string>
  label: string
  /** Not for the pages below it. */
  exact?: boolean
}

/** The pages of an area, side by side; each has an address of its own. */
export function AreaTabs({ label, tabs }: { label: string; tabs: readonly AreaTab[] }) {
  const nav = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // Where they do not all fit, the current one is in sight.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]')
    if (nav.current && current) nav.current.scrollLeft = current.offsetLeft - nav.current.offsetLeft - (nav.current.clientWidth - current.clientWidth) / 2
  }, [path])
  return (
    <nav ref={nav} aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.label} to={tab.to} params={tab.params as never} className={classes.tab} activeOptions={{ exact: tab.exact ?? false, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>{tab.label}</Link>
      ))}
    </nav>
  )
}

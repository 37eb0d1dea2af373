import { Box, Tabs } from '@mantine/core'
import { Link, useRouterState } from '@tanstack/react-router'

const TABS = [{ to: '/queues', name: 'Queues' }, { to: '/queues/schedules', name: 'Schedules' }, { to: '/queues/workers', name: 'Workers' }] as const

/** The pages of the area; each has its own address. */
export function QueueTabs() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <Tabs value={path}>
      <Box component="nav" aria-label="Pages of Queues">
        <Tabs.List role="presentation">
          {TABS.map((tab) => <Tabs.Tab key={tab.to} value={tab.to} role={undefined} aria-selected={undefined} aria-controls={undefined} aria-current={path === tab.to ? 'page' : undefined} tabIndex={0} renderRoot={(props) => <Link {...props} to={tab.to} />}>{tab.name}</Tabs.Tab>)}
        </Tabs.List>
      </Box>
    </Tabs>
  )
}

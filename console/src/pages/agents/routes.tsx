import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents',
  component: lazyRouteComponent(() => import('./AgentsPage'), 'AgentsPage'),
})

export const agentRoutes = [index] as const

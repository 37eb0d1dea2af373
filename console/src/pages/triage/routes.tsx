import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage',
  component: lazyRouteComponent(() => import('./TriagePage'), 'TriagePage'),
})

export const triageRoutes = [index] as const

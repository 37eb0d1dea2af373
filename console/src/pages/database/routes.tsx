import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database',
  component: lazyRouteComponent(() => import('./DatabasePage'), 'DatabasePage'),
})

export const databaseRoutes = [index] as const

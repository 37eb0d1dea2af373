import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks',
  component: lazyRouteComponent(() => import('./TasksPage'), 'TasksPage'),
})

export const taskRoutes = [index] as const

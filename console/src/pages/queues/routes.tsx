import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queues',
  component: lazyRouteComponent(() => import('./QueuesPage'), 'QueuesPage'),
})

export const queueRoutes = [index] as const

import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined)

export const queuesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queues',
  validateSearch: (search: Record<string, unknown>): { queue?: string } => ({ queue: text(search.queue) }),
  component: lazyRouteComponent(() => import('./QueuesPage'), 'QueuesPage'),
})

const schedules = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queues/schedules',
  component: lazyRouteComponent(() => import('./SchedulesPage'), 'SchedulesPage'),
})

const workers = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queues/workers',
  component: lazyRouteComponent(() => import('./WorkersPage'), 'WorkersPage'),
})

export const queueRoutes = [queuesRoute, schedules, workers] as const

import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined)

export const tasksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks',
  validateSearch: (search: Record<string, unknown>): { q?: string; state?: string } => ({ q: text(search.q), state: text(search.state) }),
  component: lazyRouteComponent(() => import('./TasksPage'), 'TasksPage'),
})

export const taskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks/$id',
  component: lazyRouteComponent(() => import('./TaskPage'), 'TaskPage'),
})

export const taskRoutes = [tasksRoute, taskRoute] as const

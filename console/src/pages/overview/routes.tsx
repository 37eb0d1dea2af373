import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

export type Range = '1h' | '24h'

export const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { range?: Range } => ({ range: search.range === '24h' ? '24h' : undefined }),
  component: lazyRouteComponent(() => import('./OverviewPage'), 'OverviewPage'),
})

export const overviewRoutes = [overviewRoute] as const

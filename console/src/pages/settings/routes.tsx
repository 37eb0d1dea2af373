import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'
import { ORIGINS, type Origin } from './origin'

interface ConfigurationSearch {
  q?: string
  origin?: Origin
  name?: string
}

const configuration = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>): ConfigurationSearch => ({
    q: typeof search.q === 'string' && search.q !== '' ? search.q : undefined,
    origin: ORIGINS.find((each) => each === search.origin),
    name: typeof search.name === 'string' ? search.name : undefined,
  }),
  component: lazyRouteComponent(() => import('./ConfigurationPage'), 'ConfigurationPage'),
})

const server = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/server',
  component: lazyRouteComponent(() => import('./ServerPage'), 'ServerPage'),
})

const device = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/device',
  component: lazyRouteComponent(() => import('./DevicePage'), 'DevicePage'),
})

export const settingsRoutes = [configuration, server, device] as const

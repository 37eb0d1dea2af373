import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'
import { choice, flag, text } from './search'

interface ActivitySearch {
  state?: string
  pid?: string
}

interface StatementsSearch {
  view?: 'runs' | 'all'
  window?: '15m' | '6h' | '24h'
  severity?: 'warning' | 'critical' | 'fatal'
  id?: string
}

interface ExplainSearch {
  sql?: string
  analyze?: true
  timeout?: '30s' | '60s'
}

interface SizesSearch {
  view?: 'indexes'
  advised?: true
  name?: string
}

interface ParametersSearch {
  q?: string
  changed?: true
}

interface BackupsSearch {
  drill?: string
}

interface DoctorSearch {
  area?: string
}

const connections = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database',
  component: lazyRouteComponent(() => import('./ConnectionsPage'), 'ConnectionsPage'),
})

const activity = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/activity',
  validateSearch: (search: Record<string, unknown>): ActivitySearch => ({ state: text(search.state), pid: text(search.pid) }),
  component: lazyRouteComponent(() => import('./ActivityPage'), 'ActivityPage'),
})

const locks = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/locks',
  component: lazyRouteComponent(() => import('./LocksPage'), 'LocksPage'),
})

const statements = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/statements',
  validateSearch: (search: Record<string, unknown>): StatementsSearch => ({
    view: choice(search.view, ['runs', 'all']),
    window: choice(search.window, ['15m', '6h', '24h']),
    severity: choice(search.severity, ['warning', 'critical', 'fatal']),
    id: text(search.id),
  }),
  component: lazyRouteComponent(() => import('./StatementsPage'), 'StatementsPage'),
})

const explain = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/explain',
  validateSearch: (search: Record<string, unknown>): ExplainSearch => ({ sql: text(search.sql), analyze: flag(search.analyze), timeout: choice(search.timeout, ['30s', '60s']) }),
  component: lazyRouteComponent(() => import('./ExplainPage'), 'ExplainPage'),
})

const sizes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/sizes',
  validateSearch: (search: Record<string, unknown>): SizesSearch => ({ view: choice(search.view, ['indexes']), advised: flag(search.advised), name: text(search.name) }),
  component: lazyRouteComponent(() => import('./SizesPage'), 'SizesPage'),
})

const parameters = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/parameters',
  validateSearch: (search: Record<string, unknown>): ParametersSearch => ({ q: text(search.q), changed: flag(search.changed) }),
  component: lazyRouteComponent(() => import('./ParametersPage'), 'ParametersPage'),
})

const migrations = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/migrations',
  component: lazyRouteComponent(() => import('./MigrationsPage'), 'MigrationsPage'),
})

const backups = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/backups',
  validateSearch: (search: Record<string, unknown>): BackupsSearch => ({ drill: text(search.drill) }),
  component: lazyRouteComponent(() => import('./BackupsPage'), 'BackupsPage'),
})

const doctor = createRoute({
  getParentRoute: () => rootRoute,
  path: '/database/doctor',
  validateSearch: (search: Record<string, unknown>): DoctorSearch => ({ area: text(search.area) }),
  component: lazyRouteComponent(() => import('./DoctorPage'), 'DoctorPage'),
})

export const databaseRoutes = [connections, activity, locks, statements, explain, sizes, parameters, migrations, backups, doctor] as const

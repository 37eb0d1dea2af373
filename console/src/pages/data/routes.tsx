import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { text } from '../../components/search'
import { rootRoute } from '../../root'

const index = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data',
  component: lazyRouteComponent(() => import('./DataPage'), 'DataPage'),
})

const caches = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/caches',
  component: lazyRouteComponent(() => import('./CachesPage'), 'CachesPage'),
})

export interface CacheParams { pattern?: string; entry?: string }
const cache = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/caches/$name',
  /** `entry` is the key of the entry that is open, in Base64, since a key may be any bytes. */
  validateSearch: (given: Record<string, unknown>): CacheParams => ({ pattern: text(given, 'pattern'), entry: text(given, 'entry') }),
  component: lazyRouteComponent(() => import('./CachePage'), 'CachePage'),
})

export interface SessionParams { user?: string; agent?: string; ended?: boolean; session?: string }
const sessions = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/sessions',
  validateSearch: (given: Record<string, unknown>): SessionParams => ({ user: text(given, 'user'), agent: text(given, 'agent'), ended: given.ended === true || undefined, session: text(given, 'session') }),
  component: lazyRouteComponent(() => import('./SessionsPage'), 'SessionsPage'),
})

const documents = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/documents',
  component: lazyRouteComponent(() => import('./DocumentsPage'), 'DocumentsPage'),
})

export interface CollectionParams { part?: string; filter?: string; sort?: string; view?: string; document?: string; pipeline?: string }
const collection = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/documents/$collection',
  validateSearch: (given: Record<string, unknown>): CollectionParams => ({ part: text(given, 'part'), filter: text(given, 'filter'), sort: text(given, 'sort'), view: text(given, 'view'), document: text(given, 'document'), pipeline: text(given, 'pipeline') }),
  component: lazyRouteComponent(() => import('./CollectionPage'), 'CollectionPage'),
})

const imports = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/imports',
  component: lazyRouteComponent(() => import('./ImportsPage'), 'ImportsPage'),
})

const dataImport = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/imports/$id',
  component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage'),
})

export const dataRoutes = [index, caches, cache, sessions, documents, collection, imports, dataImport] as const

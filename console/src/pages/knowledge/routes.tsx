import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { text } from '../../components/search'
import { rootRoute } from '../../root'


export interface SearchParams { q?: string; mode?: string; kind?: string; repository?: string }
const search = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge',
  validateSearch: (given: Record<string, unknown>): SearchParams => ({ q: text(given, 'q'), mode: text(given, 'mode'), kind: text(given, 'kind'), repository: text(given, 'repository') }),
  component: lazyRouteComponent(() => import('./SearchPage'), 'SearchPage'),
})

export interface ListParams { repository?: string; name?: string; category?: string; status?: string; severity?: string; pattern?: string }
const list = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/$kind',
  validateSearch: (given: Record<string, unknown>): ListParams => ({ repository: text(given, 'repository'), name: text(given, 'name'), category: text(given, 'category'), status: text(given, 'status'), severity: text(given, 'severity'), pattern: text(given, 'pattern') }),
  component: lazyRouteComponent(() => import('./EntriesPage'), 'EntriesPage'),
})

const entry = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/$kind/$id',
  component: lazyRouteComponent(() => import('./EntryPage'), 'EntryPage'),
})

export interface MapParams { kind?: string; colour?: string; limit?: string }
const map = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/map',
  validateSearch: (given: Record<string, unknown>): MapParams => ({ kind: text(given, 'kind'), colour: text(given, 'colour'), limit: text(given, 'limit') }),
  component: lazyRouteComponent(() => import('./MapPage'), 'MapPage'),
})

const repositories = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/repositories',
  component: lazyRouteComponent(() => import('./RepositoriesPage'), 'RepositoriesPage'),
})

const repository = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/repositories/$owner/$name',
  component: lazyRouteComponent(() => import('./RepositoryPage'), 'RepositoryPage'),
})

const ingestion = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/ingestion',
  component: lazyRouteComponent(() => import('./IngestionPage'), 'IngestionPage'),
})

const collections = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/collections',
  component: lazyRouteComponent(() => import('./CollectionsPage'), 'CollectionsPage'),
})

export interface CollectionParams { q?: string; mode?: string; filter?: string }
const collection = createRoute({
  getParentRoute: () => rootRoute,
  path: '/knowledge/collections/$name',
  validateSearch: (given: Record<string, unknown>): CollectionParams => ({ q: text(given, 'q'), mode: text(given, 'mode'), filter: text(given, 'filter') }),
  component: lazyRouteComponent(() => import('./CollectionPage'), 'CollectionPage'),
})

export const knowledgeRoutes = [search, list, entry, map, repositories, repository, ingestion, collections, collection] as const

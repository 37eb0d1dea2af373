import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../root'

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined)
const number = (value: unknown) => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined)
const among = <T extends string>(value: unknown, ...known: T[]) => known.find((each) => each === value)

export const definitionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows',
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import('./WorkflowsPage'), 'WorkflowsPage'),
})

export const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/executions',
  validateSearch: (search: Record<string, unknown>): { status?: string; workflow?: string; schedule?: string; parent?: string } => ({ status: text(search.status), workflow: text(search.workflow), schedule: text(search.schedule), parent: text(search.parent) }),
  component: lazyRouteComponent(() => import('./ExecutionsPage'), 'ExecutionsPage'),
})

export const reviewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/reviews',
  component: lazyRouteComponent(() => import('./ReviewsPage'), 'ReviewsPage'),
})

export const builderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/builder',
  validateSearch: (search: Record<string, unknown>): { workflow?: string; version?: number } => ({ workflow: text(search.workflow), version: number(search.version) }),
  component: lazyRouteComponent(() => import('./BuilderPage'), 'BuilderPage'),
})

export const definitionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/definitions/$id',
  validateSearch: (search: Record<string, unknown>): { tab?: 'versions' | 'schedules' | 'source'; version?: number; compare?: number; node?: string } => ({ tab: among(search.tab, 'versions', 'schedules', 'source'), version: number(search.version), compare: number(search.compare), node: text(search.node) }),
  component: lazyRouteComponent(() => import('./DefinitionPage'), 'DefinitionPage'),
})

export const executionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/executions/$id',
  validateSearch: (search: Record<string, unknown>): { node?: string; q?: string; failed?: boolean; only?: boolean; artifact?: string } => ({ node: text(search.node), q: text(search.q), failed: search.failed === true ? true : undefined, only: search.only === true ? true : undefined, artifact: text(search.artifact) }),
  component: lazyRouteComponent(() => import('./ExecutionPage'), 'ExecutionPage'),
})

export const workflowRoutes = [definitionsRoute, executionsRoute, reviewsRoute, builderRoute, definitionRoute, executionRoute] as const

import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, text, type Search } from '../../components/search'
import { rootRoute } from '../../root'
import { URGENCIES } from './decisions'

export const DIGEST_DAYS = ['1', '7', '30', '90'] as const

const relationships = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage',
  validateSearch: (search: Search): { repo?: string } => ({ repo: text(search, 'repo') }),
  component: lazyRouteComponent(() => import('./RelationshipsPage'), 'RelationshipsPage'),
})

const repository = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/repositories/$owner/$name',
  component: lazyRouteComponent(() => import('./RepositoryPage'), 'RepositoryPage'),
})

const decisions = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/decisions',
  validateSearch: (search: Search): { repo?: string; urgency?: string; state?: string; change?: string } =>
    ({ repo: text(search, 'repo'), urgency: oneOf(search, 'urgency', URGENCIES), state: oneOf(search, 'state', ['queued', 'started', 'finished', 'failed', 'cancelled']), change: text(search, 'change') }),
  component: lazyRouteComponent(() => import('./DecisionsPage'), 'DecisionsPage'),
})

const decision = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/decisions/$id',
  component: lazyRouteComponent(() => import('./DecisionPage'), 'DecisionPage'),
})

const actions = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/actions',
  validateSearch: (search: Search): { action?: string } => ({ action: text(search, 'action') }),
  component: lazyRouteComponent(() => import('./ActionsPage'), 'ActionsPage'),
})

const digest = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/digest',
  validateSearch: (search: Search): { days?: (typeof DIGEST_DAYS)[number] } => ({ days: DIGEST_DAYS.find((each) => each === text(search, 'days')) }),
  component: lazyRouteComponent(() => import('./DigestPage'), 'DigestPage'),
})

const notify = createRoute({
  getParentRoute: () => rootRoute,
  path: '/triage/notify',
  validateSearch: (search: Search): { repo?: string } => ({ repo: text(search, 'repo') }),
  component: lazyRouteComponent(() => import('./NotifyPage'), 'NotifyPage'),
})

export const triageRoutes = [relationships, repository, decisions, decision, actions, digest, notify] as const

import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, text, type Search } from '../../components/search'
import { rootRoute } from '../../root'
import { TASK_STATES } from './events'
import { CARD_STATUSES } from './modelCards'
import { RANGES } from './usage'

const skills = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents',
  validateSearch: (search: Search): { q?: string } => ({ q: text(search, 'q') }),
  component: lazyRouteComponent(() => import('./SkillsPage'), 'SkillsPage'),
})

const skill = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/skills/$name',
  validateSearch: (search: Search): { task?: string } => ({ task: text(search, 'task') }),
  component: lazyRouteComponent(() => import('./SkillPage'), 'SkillPage'),
})

const tasks = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/tasks',
  validateSearch: (search: Search): { state?: string; skill?: string; owner?: string; context?: string } =>
    ({ state: oneOf(search, 'state', TASK_STATES), skill: text(search, 'skill'), owner: text(search, 'owner'), context: text(search, 'context') }),
  component: lazyRouteComponent(() => import('./TasksPage'), 'TasksPage'),
})

const task = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/tasks/$id',
  component: lazyRouteComponent(() => import('./TaskPage'), 'TaskPage'),
})

const contexts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/contexts',
  validateSearch: (search: Search): { owner?: string } => ({ owner: text(search, 'owner') }),
  component: lazyRouteComponent(() => import('./ContextsPage'), 'ContextsPage'),
})

const deliveries = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/deliveries',
  validateSearch: (search: Search): { state?: string; owner?: string } => ({ state: oneOf(search, 'state', ['pending', 'delivered', 'dead', 'discarded']), owner: text(search, 'owner') }),
  component: lazyRouteComponent(() => import('./DeliveriesPage'), 'DeliveriesPage'),
})

const card = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/card',
  component: lazyRouteComponent(() => import('./CardPage'), 'CardPage'),
})

const remote = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/remote',
  component: lazyRouteComponent(() => import('./RemotePage'), 'RemotePage'),
})

const mcp = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/mcp',
  component: lazyRouteComponent(() => import('./McpPage'), 'McpPage'),
})

const models = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/models',
  validateSearch: (search: Search): { range?: keyof typeof RANGES; model?: string; purpose?: string; outcome?: string; task_id?: string } => ({
    range: oneOf(search, 'range', Object.keys(RANGES) as (keyof typeof RANGES)[]), model: text(search, 'model'), purpose: text(search, 'purpose'),
    outcome: oneOf(search, 'outcome', ['answered', 'invalid', 'failed', 'interrupted']), task_id: text(search, 'task_id'),
  }),
  component: lazyRouteComponent(() => import('./ModelsPage'), 'ModelsPage'),
})

const modelCards = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/model-cards',
  validateSearch: (search: Search): { q?: string; workspace?: string; status?: string; deleted?: boolean } =>
    ({ q: text(search, 'q'), workspace: text(search, 'workspace'), status: oneOf(search, 'status', CARD_STATUSES), deleted: search.deleted === true || undefined }),
  component: lazyRouteComponent(() => import('./ModelCardsPage'), 'ModelCardsPage'),
})

const modelCard = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/model-cards/$id',
  component: lazyRouteComponent(() => import('./ModelCardPage'), 'ModelCardPage'),
})

export const agentRoutes = [skills, skill, tasks, task, contexts, deliveries, card, remote, mcp, models, modelCards, modelCard] as const

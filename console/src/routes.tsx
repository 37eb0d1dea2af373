import { createHashHistory, createRouter, Link } from '@tanstack/react-router'
import { Button, Group } from '@mantine/core'
import { Page } from './components/Page'
import { Problem } from './components/Problem'
import { Loading } from './components/QueryState'
import { agentRoutes } from './pages/agents/routes'
import { dataRoutes } from './pages/data/routes'
import { databaseRoutes } from './pages/database/routes'
import { knowledgeRoutes } from './pages/knowledge/routes'
import { overviewRoutes } from './pages/overview/routes'
import { queueRoutes } from './pages/queues/routes'
import { settingsRoutes } from './pages/settings/routes'
import { taskRoutes } from './pages/tasks/routes'
import { triageRoutes } from './pages/triage/routes'
import { workflowRoutes } from './pages/workflows/routes'
import { rootRoute } from './root'

export const router = createRouter({
  routeTree: rootRoute.addChildren([...overviewRoutes, ...taskRoutes, ...queueRoutes, ...workflowRoutes, ...agentRoutes, ...triageRoutes, ...knowledgeRoutes, ...dataRoutes, ...databaseRoutes, ...settingsRoutes]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <Page title="This page broke"><Problem error={error} onRetry={reset} /></Page>,
  defaultNotFoundComponent: () => <Page title="There is no such page"><Group><Button component={Link} to="/">To the overview</Button></Group></Page>,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

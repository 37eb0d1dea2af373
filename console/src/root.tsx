import { createRootRoute } from '@tanstack/react-router'
import { Shell } from './shell/Shell'

/** Every area's routes hang below it. */
export const rootRoute = createRootRoute({ component: Shell })

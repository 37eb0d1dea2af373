import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/client'
import { Live } from './live/live'
import { LiveContext } from './live/LiveContext'
import { router } from './routes'
import { cssVariables, theme } from './theme'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream of changes says when to read again; neither focus nor a connection that comes back does.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.isUnreachable || error.status >= 500),
    },
  },
})
const live = new Live(queries)
live.start()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" autoClose={4000} />
      <QueryClientProvider client={queries}>
        <LiveContext value={live}>
          <RouterProvider router={router} />
        </LiveContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './theme/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { forget, meQuery } from './api/session.ts'
import { createConsoleRouter } from './router.tsx'
import { colorSchemeManager, cssVariables, theme } from './theme/theme.ts'

const queryClient = createQueryClient(() => {
  // Whoever was never signed in is sent to the sign-in page by the route itself.
  if (!queryClient.getQueryData(meQuery.queryKey)) return
  const { href } = router.state.location
  void router.navigate({ to: '/sign-in', search: { from: href } }).then(() => forget(queryClient))
})
const router = createConsoleRouter(queryClient)

// After an update of the server an open page still asks for parts of the former build: it loads anew.
window.addEventListener('vite:preloadError', () => window.location.reload())

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" autoClose={5000} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

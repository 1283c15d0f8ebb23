import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isProblem } from './api/problem.ts'
import { instanceQuery, meQuery } from './api/session.ts'
import { CrashPage } from './pages/CrashPage.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { toDeviceSearch, toInvoiceSearch, toMonthSearch, toTenantSearch, toText } from './search.ts'
import { Shell } from './shell/Shell.tsx'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ from }): { from?: string } => ({ from: toText(from) }),
  loader: ({ context }) => context.queryClient.ensureQueryData(instanceQuery),
  component: lazyRouteComponent(() => import('./pages/sign-in/SignInPage.tsx'), 'SignInPage'),
})
const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/link',
  validateSearch: ({ token }): { token?: string } => ({ token: toText(token) }),
  component: lazyRouteComponent(() => import('./pages/sign-in/SignInLinkPage.tsx'), 'SignInLinkPage'),
})

/** Everything that needs a session. Both answers are read before the first page, so that pages can count on them. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context: { queryClient }, location }) => {
    try {
      const [me] = await Promise.all([queryClient.ensureQueryData(meQuery), queryClient.ensureQueryData(instanceQuery)])
      return { me }
    } catch (error) {
      if (!isProblem(error, 'unauthenticated')) throw error
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { from: location.href } })
    }
  },
})
const setPassword = createRoute({
  getParentRoute: () => signedIn,
  path: '/set-password',
  component: lazyRouteComponent(() => import('./pages/sign-in/SetPasswordPage.tsx'), 'SetPasswordPage'),
})
const shell = createRoute({ getParentRoute: () => signedIn, id: 'shell', component: Shell })
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: ({ context }) => {
    throw redirect({ to: '/t/$tenantId/overview', params: { tenantId: context.me.tenant.id } })
  },
})
const tenant = createRoute({ getParentRoute: () => shell, path: '/t/$tenantId' })
const tenantHome = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenantId/overview', params })
  },
})

const overview = createRoute({
  getParentRoute: () => tenant,
  path: '/overview',
  component: lazyRouteComponent(() => import('./pages/overview/OverviewPage.tsx'), 'OverviewPage'),
})
const details = createRoute({
  getParentRoute: () => tenant,
  path: '/details',
  component: lazyRouteComponent(() => import('./pages/tenants/TenantPage.tsx'), 'TenantPage'),
})
const tenants = createRoute({
  getParentRoute: () => tenant,
  path: '/tenants',
  validateSearch: toTenantSearch,
  component: lazyRouteComponent(() => import('./pages/tenants/TenantsPage.tsx'), 'TenantsPage'),
})
const addTenant = createRoute({
  getParentRoute: () => tenant,
  path: '/tenants/add',
  component: lazyRouteComponent(() => import('./pages/tenants/AddTenantPage.tsx'), 'AddTenantPage'),
})
const devices = createRoute({
  getParentRoute: () => tenant,
  path: '/devices',
  validateSearch: toDeviceSearch,
  component: lazyRouteComponent(() => import('./pages/devices/DevicesPage.tsx'), 'DevicesPage'),
})
const usage = createRoute({
  getParentRoute: () => tenant,
  path: '/usage',
  validateSearch: toMonthSearch,
  component: lazyRouteComponent(() => import('./pages/usage/UsagePage.tsx'), 'UsagePage'),
})
const invoices = createRoute({
  getParentRoute: () => tenant,
  path: '/invoices',
  validateSearch: toInvoiceSearch,
  component: lazyRouteComponent(() => import('./pages/invoices/InvoicesPage.tsx'), 'InvoicesPage'),
})
const invoice = createRoute({
  getParentRoute: () => tenant,
  path: '/invoices/$invoiceId',
  component: lazyRouteComponent(() => import('./pages/invoices/InvoicePage.tsx'), 'InvoicePage'),
})
const offers = createRoute({
  getParentRoute: () => tenant,
  path: '/offers',
  component: lazyRouteComponent(() => import('./pages/offers/OffersPage.tsx'), 'OffersPage'),
})
const billingRuns = createRoute({
  getParentRoute: () => tenant,
  path: '/billing-runs',
  component: lazyRouteComponent(() => import('./pages/billing-runs/BillingRunsPage.tsx'), 'BillingRunsPage'),
})
const users = createRoute({
  getParentRoute: () => tenant,
  path: '/users',
  component: lazyRouteComponent(() => import('./pages/users/UsersPage.tsx'), 'UsersPage'),
})

const routeTree = root.addChildren([
  signIn,
  signInLink,
  signedIn.addChildren([
    setPassword,
    shell.addChildren([
      home,
      tenant.addChildren([
        tenantHome,
        overview,
        details,
        tenants,
        addTenant,
        devices,
        usage,
        invoices,
        invoice,
        offers,
        billingRuns,
        users,
      ]),
    ]),
  ]),
])

export const createConsoleRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    // Queries decide what is stale; the router only starts them.
    defaultPreloadStaleTime: 0,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: CrashPage,
  })

declare module '@tanstack/react-router' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: the router is typed by merging into its interface
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}

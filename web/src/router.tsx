import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isSignedOut } from './api/problem.ts'
import { instanceQuery, meQuery } from './api/session.ts'
import type { Me } from './api/types.ts'
import { CrashPage } from './pages/CrashPage.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import {
  toAuditSearch,
  toDeviceSearch,
  toHolderSearch,
  toInvoiceSearch,
  toLicenseSearch,
  toMailSearch,
  toMonthSearch,
  toOrderSearch,
  toTenantSearch,
  toText,
  toTrialSearch,
} from './search.ts'
import './opened-with.ts'
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

const signInCallback = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/callback',
  component: lazyRouteComponent(() => import('./pages/sign-in/SignInCallbackPage.tsx'), 'SignInCallbackPage'),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./pages/sign-in/ForgotPasswordPage.tsx'), 'ForgotPasswordPage'),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: ({ token }): { token?: string } => ({ token: toText(token) }),
  component: lazyRouteComponent(() => import('./pages/sign-in/ResetPasswordPage.tsx'), 'ResetPasswordPage'),
})

const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: '/unsubscribe',
  validateSearch: ({ token }): { token?: string } => ({ token: toText(token) }),
  component: lazyRouteComponent(() => import('./pages/trials/UnsubscribePage.tsx'), 'UnsubscribePage'),
})

/** Until a second factor that is asked for is set up, the server lets through nothing else. */
const needsSecondFactor = ({ second_factor: factor }: Me) => factor.missing

/** Everything that needs a session. Both answers are read before the first page, so that pages can count on them. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context: { queryClient }, location }) => {
    try {
      const [me] = await Promise.all([queryClient.ensureQueryData(meQuery), queryClient.ensureQueryData(instanceQuery)])
      if (needsSecondFactor(me) && location.pathname !== '/second-factor') throw redirect({ to: '/second-factor' })
      return { me }
    } catch (error) {
      if (!isSignedOut(error)) throw error
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { from: location.href } })
    }
  },
})
const setPassword = createRoute({
  getParentRoute: () => signedIn,
  path: '/set-password',
  component: lazyRouteComponent(() => import('./pages/sign-in/SetPasswordPage.tsx'), 'SetPasswordPage'),
})
const secondFactor = createRoute({
  getParentRoute: () => signedIn,
  path: '/second-factor',
  component: lazyRouteComponent(() => import('./pages/account/SecondFactorPage.tsx'), 'SecondFactorPage'),
})
const shell = createRoute({ getParentRoute: () => signedIn, id: 'shell', component: Shell })
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: ({ context }) => {
    throw redirect({ to: '/t/$tenantId/overview', params: { tenantId: context.me.tenant.id } })
  },
})
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account/AccountPage.tsx'), 'AccountPage'),
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
const importTenants = createRoute({
  getParentRoute: () => tenant,
  path: '/tenants/import',
  component: lazyRouteComponent(() => import('./pages/tenants/import/ImportPage.tsx'), 'ImportPage'),
})
const devices = createRoute({
  getParentRoute: () => tenant,
  path: '/devices',
  validateSearch: toDeviceSearch,
  component: lazyRouteComponent(() => import('./pages/devices/DevicesPage.tsx'), 'DevicesPage'),
})
const holders = createRoute({
  getParentRoute: () => tenant,
  path: '/holders',
  validateSearch: toHolderSearch,
  component: lazyRouteComponent(() => import('./pages/holders/HoldersPage.tsx'), 'HoldersPage'),
})
const licenses = createRoute({
  getParentRoute: () => tenant,
  path: '/licenses',
  validateSearch: toLicenseSearch,
  component: lazyRouteComponent(() => import('./pages/licenses/LicensesPage.tsx'), 'LicensesPage'),
})
const pool = createRoute({
  getParentRoute: () => tenant,
  path: '/pool',
  component: lazyRouteComponent(() => import('./pages/pool/PoolPage.tsx'), 'PoolPage'),
})
const trials = createRoute({
  getParentRoute: () => tenant,
  path: '/trials',
  validateSearch: toTrialSearch,
  component: lazyRouteComponent(() => import('./pages/trials/TrialsPage.tsx'), 'TrialsPage'),
})
const usage = createRoute({
  getParentRoute: () => tenant,
  path: '/usage',
  validateSearch: toMonthSearch,
  component: lazyRouteComponent(() => import('./pages/usage/UsagePage.tsx'), 'UsagePage'),
})
const peaks = createRoute({
  getParentRoute: () => tenant,
  path: '/peaks',
  validateSearch: toMonthSearch,
  component: lazyRouteComponent(() => import('./pages/usage/PeaksPage.tsx'), 'PeaksPage'),
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
  component: lazyRouteComponent(() => import('./pages/catalog/CatalogPage.tsx'), 'CatalogPage'),
})
const prices = createRoute({
  getParentRoute: () => tenant,
  path: '/prices',
  component: lazyRouteComponent(() => import('./pages/prices/PricesPage.tsx'), 'PricesPage'),
})
const billingRuns = createRoute({
  getParentRoute: () => tenant,
  path: '/billing-runs',
  component: lazyRouteComponent(() => import('./pages/billing-runs/BillingRunsPage.tsx'), 'BillingRunsPage'),
})
const mails = createRoute({
  getParentRoute: () => tenant,
  path: '/mails',
  validateSearch: toMailSearch,
  component: lazyRouteComponent(() => import('./pages/mails/MailsPage.tsx'), 'MailsPage'),
})
const settings = createRoute({
  getParentRoute: () => tenant,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/SettingsPage.tsx'), 'SettingsPage'),
})
const keeping = createRoute({
  getParentRoute: () => tenant,
  path: '/keeping',
  component: lazyRouteComponent(() => import('./pages/keeping/KeepingPage.tsx'), 'KeepingPage'),
})
const users = createRoute({
  getParentRoute: () => tenant,
  path: '/users',
  component: lazyRouteComponent(() => import('./pages/users/UsersPage.tsx'), 'UsersPage'),
})
const roles = createRoute({
  getParentRoute: () => tenant,
  path: '/users/roles',
  component: lazyRouteComponent(() => import('./pages/users/RolesPage.tsx'), 'RolesPage'),
})
const apiKeys = createRoute({
  getParentRoute: () => tenant,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./pages/api-keys/ApiKeysPage.tsx'), 'ApiKeysPage'),
})

const orders = createRoute({
  getParentRoute: () => tenant,
  path: '/orders',
  validateSearch: toOrderSearch,
  component: lazyRouteComponent(() => import('./pages/orders/OrdersPage.tsx'), 'OrdersPage'),
})
const order = createRoute({
  getParentRoute: () => tenant,
  path: '/orders/$orderId',
  component: lazyRouteComponent(() => import('./pages/orders/OrderPage.tsx'), 'OrderPage'),
})

const audit = createRoute({
  getParentRoute: () => tenant,
  path: '/audit',
  validateSearch: toAuditSearch,
  component: lazyRouteComponent(() => import('./pages/audit/AuditPage.tsx'), 'AuditPage'),
})

const routeTree = root.addChildren([
  signIn,
  signInLink,
  signInCallback,
  forgotPassword,
  resetPassword,
  unsubscribe,
  signedIn.addChildren([
    setPassword,
    secondFactor,
    shell.addChildren([
      home,
      account,
      tenant.addChildren([
        tenantHome,
        overview,
        details,
        tenants,
        addTenant,
        importTenants,
        devices,
        holders,
        licenses,
        pool,
        trials,
        usage,
        peaks,
        orders,
        order,
        invoices,
        invoice,
        offers,
        prices,
        billingRuns,
        mails,
        settings,
        keeping,
        users,
        audit,
        roles,
        apiKeys,
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

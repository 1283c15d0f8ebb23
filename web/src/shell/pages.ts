import {
  IconBuildingCommunity,
  IconCalendarDollar,
  IconChartBar,
  IconDeviceDesktop,
  IconFileInvoice,
  IconHistory,
  IconInfoCircle,
  IconKey,
  IconLayoutDashboard,
  IconMail,
  IconSettings,
  IconTags,
  IconUsers,
} from '@tabler/icons-react'
import type { Me } from '../api/types.ts'

/** The pages of the navigation; each shows the tenant that the URL holds. */
const pages = [
  { to: '/t/$tenantId/overview', name: 'Overview', icon: IconLayoutDashboard, isVendorOnly: false },
  { to: '/t/$tenantId/details', name: 'Details', icon: IconInfoCircle, isVendorOnly: false },
  { to: '/t/$tenantId/tenants', name: 'Tenants', icon: IconBuildingCommunity, isVendorOnly: false },
  { to: '/t/$tenantId/devices', name: 'Devices', icon: IconDeviceDesktop, isVendorOnly: false },
  { to: '/t/$tenantId/usage', name: 'Usage', icon: IconChartBar, isVendorOnly: false },
  { to: '/t/$tenantId/invoices', name: 'Invoices', icon: IconFileInvoice, isVendorOnly: false },
  { to: '/t/$tenantId/offers', name: 'Offers & prices', icon: IconTags, isVendorOnly: false },
  { to: '/t/$tenantId/billing-runs', name: 'Billing runs', icon: IconCalendarDollar, isVendorOnly: true },
  { to: '/t/$tenantId/users', name: 'Users', icon: IconUsers, isVendorOnly: false },
  { to: '/t/$tenantId/api-keys', name: 'API keys', icon: IconKey, isVendorOnly: false },
  { to: '/t/$tenantId/mails', name: 'Mails', icon: IconMail, isVendorOnly: false },
  { to: '/t/$tenantId/settings', name: 'Settings', icon: IconSettings, isVendorOnly: false },
  { to: '/t/$tenantId/audit', name: 'Audit', icon: IconHistory, isVendorOnly: false },
] as const

export type Page = (typeof pages)[number]

export const pagesFor = (me: Me): readonly Page[] =>
  pages.filter((page) => !page.isVendorOnly || me.tenant.level === 'vendor')

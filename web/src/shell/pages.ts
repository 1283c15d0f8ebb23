import {
  IconBuildingCommunity,
  IconBuildingStore,
  IconChartBar,
  IconDeviceDesktop,
  IconFileInvoice,
  IconInfoCircle,
  IconKey,
  IconLayoutDashboard,
  IconSettings,
} from '@tabler/icons-react'
import type { Me } from '../api/types.ts'

/** The pages by what they are about; each shows the tenant that the URL holds. The first of a group stands for it. */
const groups = [
  { name: 'Overview', icon: IconLayoutDashboard, pages: [{ to: '/t/$tenantId/overview', name: 'Overview' }] },
  { name: 'Details', icon: IconInfoCircle, pages: [{ to: '/t/$tenantId/details', name: 'Details' }] },
  { name: 'Tenants', icon: IconBuildingCommunity, pages: [{ to: '/t/$tenantId/tenants', name: 'Tenants' }] },
  {
    name: 'Devices',
    icon: IconDeviceDesktop,
    pages: [
      { to: '/t/$tenantId/devices', name: 'Devices' },
      { to: '/t/$tenantId/holders', name: 'Subscribers, gateways, domains' },
    ],
  },
  {
    name: 'Licenses',
    icon: IconKey,
    pages: [
      { to: '/t/$tenantId/licenses', name: 'Licenses' },
      { to: '/t/$tenantId/pool', name: 'Pool' },
      { to: '/t/$tenantId/orders', name: 'Orders' },
      { to: '/t/$tenantId/trials', name: 'Trials' },
    ],
  },
  {
    name: 'Usage',
    icon: IconChartBar,
    pages: [
      { to: '/t/$tenantId/usage', name: 'Active use' },
      { to: '/t/$tenantId/peaks', name: 'Peaks' },
    ],
  },
  {
    name: 'Invoices',
    icon: IconFileInvoice,
    pages: [
      { to: '/t/$tenantId/invoices', name: 'Invoices' },
      { to: '/t/$tenantId/billing-runs', name: 'Billing runs', isVendorOnly: true },
    ],
  },
  {
    name: 'Offers & prices',
    icon: IconBuildingStore,
    pages: [
      { to: '/t/$tenantId/offers', name: 'Catalog' },
      { to: '/t/$tenantId/prices', name: 'Price lists' },
    ],
  },
  {
    name: 'Administration',
    icon: IconSettings,
    pages: [
      { to: '/t/$tenantId/users', name: 'Users' },
      { to: '/t/$tenantId/api-keys', name: 'API keys' },
      { to: '/t/$tenantId/mails', name: 'Mails' },
      { to: '/t/$tenantId/audit', name: 'Audit' },
      { to: '/t/$tenantId/keeping', name: 'Keeping' },
      { to: '/t/$tenantId/settings', name: 'Settings' },
    ],
  },
] as const

type Group = (typeof groups)[number]
export type Page = Group['pages'][number]
export type PageGroup = { name: string; icon: Group['icon']; pages: readonly Page[] }

const isShownTo = (page: Page, me: Me) => !('isVendorOnly' in page) || me.tenant.level === 'vendor'

export const groupsFor = (me: Me): PageGroup[] =>
  groups.map(({ name, icon, pages }) => ({ name, icon, pages: pages.filter((page) => isShownTo(page, me)) }))

/** Every page with the icon of its group. */
export const pagesFor = (me: Me): (Page & { icon: Group['icon'] })[] =>
  groupsFor(me).flatMap(({ icon, pages }) => pages.map((page) => ({ ...page, icon })))

/** The group that the page of a path like `/t/<id>/users/roles` belongs to. */
export const groupOf = (me: Me, pathname: string): PageGroup | undefined => {
  const name = pathname.split('/')[3]
  return groupsFor(me).find(({ pages }) => pages.some(({ to }) => to.endsWith(`/${name}`)))
}

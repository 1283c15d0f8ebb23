import type { LicenseHolderKind } from '@tenantree/contract'

/** What is bought and who gets it, as data beside the channel: offers are named by product and edition, machines and tenants by their keys. */
export type DemoOrder = {
  day: number
  buyer: string
  mode: 'monthly' | 'annual'
  lines: readonly { offer: string; term: string; quantity: number }[]
}

const desktop = 'Backup/Desktop'
const server = 'Backup/Desktop & Server'
const sql = 'Backup/SQL Server'
const person = 'Secure Edge/User'
const gateway = 'Secure Edge/Gateway'
const microsoft = 'Cloud Backup/Microsoft 365'
const core = 'Browser Security/Core+'

export const orders: readonly DemoOrder[] = [
  {
    day: 22,
    buyer: 'northwind',
    mode: 'monthly',
    lines: [
      { offer: desktop, term: 'annual', quantity: 14 },
      { offer: server, term: 'annual', quantity: 5 },
      { offer: 'Premium Support/Around the clock', term: 'annual', quantity: 1 },
      { offer: 'Onboarding/Guided', term: 'once', quantity: 1 },
    ],
  },
  {
    day: 26,
    buyer: 'northwind',
    mode: 'monthly',
    lines: [
      { offer: person, term: 'annual', quantity: 12 },
      { offer: gateway, term: 'annual', quantity: 2 },
    ],
  },
  { day: 30, buyer: 'northwind', mode: 'monthly', lines: [{ offer: microsoft, term: 'year', quantity: 2 }] },
  { day: 44, buyer: 'northwind', mode: 'monthly', lines: [{ offer: sql, term: 'monthly', quantity: 3 }] },
  {
    day: 24,
    buyer: 'kestrel',
    mode: 'annual',
    lines: [
      { offer: 'Backup/Server', term: 'three_years', quantity: 6 },
      { offer: 'Cloud Backup/Google Workspace', term: 'year', quantity: 1 },
    ],
  },
  { day: 33, buyer: 'tideway', mode: 'monthly', lines: [{ offer: person, term: 'annual', quantity: 8 }] },
]

export type DemoRequest = { day: number; tenant: string; offer: string; quantity: number }
/** They run out some days after today, so that something is about to end. */
export const trialRequests: readonly DemoRequest[] = [
  { day: 60, tenant: 'northwind', offer: core, quantity: 5 },
  { day: 68, tenant: 'northwind', offer: 'Backup/Virtual machines', quantity: 3 },
]

export type DemoHolder = {
  day: number
  kind: Exclude<LicenseHolderKind, 'device' | 'tenant'>
  tenant: string
  name: string
  offer: string
}

const people: readonly (readonly [tenant: string, name: string])[] = [
  ['customer-1', 'Mette Krogh'],
  ['customer-1', 'Jonas Winther'],
  ['customer-1', 'Freja Dam'],
  ['customer-3', 'Oliver Skov'],
  ['customer-3', 'Ida Bruun'],
  ['customer-5', 'Noah Lund'],
  ['customer-5', 'Clara Friis'],
  ['customer-7', 'Emil Vang'],
]

export const holders: readonly DemoHolder[] = [
  ...people.map(([tenant, name], nth) => ({ day: 27 + nth, kind: 'subscriber' as const, tenant, name, offer: person })),
  ...people
    .slice(0, 3)
    .map(([tenant, name], nth) => ({ day: 64 + nth, kind: 'subscriber' as const, tenant, name, offer: core })),
  { day: 28, kind: 'gateway', tenant: 'customer-1', name: 'Edge 1', offer: gateway },
  { day: 31, kind: 'domain', tenant: 'customer-1', name: 'northwind-dental.example', offer: microsoft },
]

export type DemoLicensed = { day: number; machine: string; offer: string }
const windows = ['1-1', '1-3', '3-1', '5-1', '7-1', '7-3']
/** One edition fits what does not run Windows. R-OFFER-3. */
const others = ['1-0', '1-2', '3-0', '7-0']
export const licensed: readonly DemoLicensed[] = [
  ...windows.map((key, nth) => ({ day: 25 + nth, machine: `demo-customer-${key}`, offer: desktop })),
  ...others.map((key, nth) => ({ day: 25 + nth, machine: `demo-customer-${key}`, offer: server })),
]

/** A trial on a machine itself, of what its customer has not paid for. */
export const deviceTrials: readonly DemoLicensed[] = [
  { day: 60, machine: 'demo-customer-5-1', offer: 'Browser Security/Core' },
]

/** What is cancelled: inside its commitment it stays to its end, month to month to the end of the month. */
export const cancelled: readonly { day: number; buyer: string; offer: string; quantity: number }[] = [
  { day: 50, buyer: 'northwind', offer: desktop, quantity: 1 },
  { day: 75, buyer: 'northwind', offer: sql, quantity: 1 },
]

import { type Level, type Permission, type Role, roles } from '@tenantree/contract'
import type { Flags } from './domain.ts'

const managing: readonly Permission[] = [
  'tenants.create',
  'tenants.edit',
  'tenants.inactivate',
  'tenants.delete',
  'tenants.move',
  'offers.enable',
  'subscriptions.create',
  'subscriptions.end',
  'trials.edit',
  'file_policies.edit',
  'install_tokens.create',
  'holders.manage',
  'devices.delete',
  'licenses.assign',
  'licenses.manage',
  'orders.place',
]
const pricing: readonly Permission[] = ['prices.manage', 'billing.run']
const people: readonly Permission[] = [
  'users.create',
  'users.edit',
  'api_keys.manage',
  'mails.resend',
  'branding.edit',
  'keeping.edit',
]
const vendorOnly: ReadonlySet<Permission> = new Set([
  'offers.create',
  'billing.run',
  'clock.move',
  'tenants.relocate',
  'keeping.edit',
])

const sellersOnly: ReadonlySet<Permission> = new Set(['prices.manage', 'offers.enable', 'branding.edit'])

/** What each role allows beside reading. R-USER-1. */
const permissionsOf: Record<Role, readonly Permission[]> = {
  superuser: [
    ...managing,
    ...pricing,
    ...people,
    'single_sign_on.manage',
    'offers.create',
    'clock.move',
    'tenants.relocate',
  ],
  administrator: [...managing, 'prices.manage', ...people, 'offers.create', 'clock.move'],
  manager: managing,
  operator: ['licenses.assign', 'orders.place'],
  supporter: [],
  finance: [...pricing, 'orders.place'],
}

export const permissionsAt = (role: Role, level: Level): Permission[] =>
  permissionsOf[role].filter((permission) => isPossible(permission, level))

/** What a user may do: the role's rights, and for vendor support the change of a storage location. R-USER-2, R-PLACE-3. */
export function permissionsOfUser(user: { role: Role; level: Level; support: boolean }): Permission[] {
  const byRole = permissionsAt(user.role, user.level)
  return user.support && !byRole.includes('tenants.relocate') ? [...byRole, 'tenants.relocate'] : byRole
}

/** Only the vendor keeps the catalog, the clock and the runs; who has no buyers has no prices to ask. */
const isPossible = (permission: Permission, level: Level): boolean =>
  (level === 'vendor' || !vendorOnly.has(permission)) && (sells(level) || !sellersOnly.has(permission))

const sells = (level: Level): boolean => level !== 'end_customer' && level !== 'site'

const rank: Record<Role, number> = { superuser: 5, administrator: 4, manager: 3, operator: 2, supporter: 1, finance: 5 }

/** Nobody grants a role above the own; finance is granted by a superuser. R-USER-1, R-USER-3. */
export const mayGrant = (granter: Role, role: Role): boolean =>
  role === 'finance' ? granter === 'superuser' : granter !== 'finance' && rank[granter] >= rank[role]

export type RoleRow = { role: Role; allows: Permission[]; grants: Role[] }

/** What each role allows at a tenant of the level, and which roles it may give: the table that the console shows. */
export const rolesAt = (level: Level): RoleRow[] =>
  roles.map((role) => ({
    role,
    allows: permissionsAt(role, level),
    grants: permissionsOf[role].includes('users.edit') ? roles.filter((other) => mayGrant(role, other)) : [],
  }))

/** Ways in are made by a person: a key can neither make another, nor look after those that there are, nor say who signs people in. R-USER-4. */
export const isForKeys = (permission: Permission): boolean =>
  permission !== 'api_keys.manage' && permission !== 'single_sign_on.manage'

/** Who gives roles and flags: a user with its own, or a key, which has no flags. */
export type Granter = { role: Role; flags: Flags }

import type { Level, Permission, Role } from '@tenantree/contract'

const managing: readonly Permission[] = [
  'tenants.create',
  'tenants.edit',
  'offers.enable',
  'subscriptions.create',
  'install_tokens.create',
]
const pricing: readonly Permission[] = ['prices.manage', 'billing.run']
const vendorOnly: ReadonlySet<Permission> = new Set(['offers.create', 'billing.run', 'clock.move'])

const sellersOnly: ReadonlySet<Permission> = new Set(['prices.manage', 'offers.enable'])

/** What each role allows beside reading. R-USER-1. */
const permissionsOf: Record<Role, readonly Permission[]> = {
  superuser: [...managing, ...pricing, 'users.create', 'offers.create', 'clock.move'],
  administrator: [...managing, 'prices.manage', 'users.create', 'offers.create', 'clock.move'],
  manager: managing,
  operator: [],
  supporter: [],
  finance: pricing,
}

export const permissionsAt = (role: Role, level: Level): Permission[] =>
  permissionsOf[role].filter((permission) => isPossible(permission, level))

/** Only the vendor keeps the catalog, the clock and the runs; who has no buyers has no prices to ask. */
const isPossible = (permission: Permission, level: Level): boolean =>
  (level === 'vendor' || !vendorOnly.has(permission)) && (sells(level) || !sellersOnly.has(permission))

const sells = (level: Level): boolean => level !== 'end_customer' && level !== 'site'

const rank: Record<Role, number> = { superuser: 5, administrator: 4, manager: 3, operator: 2, supporter: 1, finance: 5 }

/** Nobody grants a role above the own; finance is granted by a superuser. R-USER-1, R-USER-3. */
export const mayGrant = (granter: Role, role: Role): boolean =>
  role === 'finance' ? granter === 'superuser' : granter !== 'finance' && rank[granter] >= rank[role]

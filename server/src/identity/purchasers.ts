import { sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'

/** Whether the caller has the right to purchase: a flag of a person. A key has none. R-USER-2, R-BUY-1. */
export async function mayPurchase(tx: Transaction, scope: Scope): Promise<boolean> {
  if (scope.actor.kind !== 'user' || scope.actor.id === null) return false
  const { rows } = await sql<{ may: boolean }>`
    select may_purchase as may from users where id = ${scope.actor.id} and tenant_id = ${scope.tenantId}`.execute(
    tx.tables(),
  )
  return rows[0]?.may ?? false
}

/**
 * Whom a tenant is written to about what it buys: its contact, else its own users who may purchase, else its superusers. Never anyone of
 * another tenant.
 */
export async function listPurchasers(
  tx: Transaction,
  tenant: { realm_id: bigint; id: string; name: string },
): Promise<{ address: string; name: string }[]> {
  const { rows } = await sql<{ address: string; name: string; rank: number }>`
    select c.contact_email as address, coalesce(c.contact_name, ${tenant.name}) as name, 0 as rank
    from companies c where c.realm_id = ${tenant.realm_id} and c.tenant_id = ${tenant.id} and c.contact_email is not null
    union all
    select u.email, u.name, case when u.may_purchase then 1 else 2 end from users u
    where u.realm_id = ${tenant.realm_id} and u.tenant_id = ${tenant.id} and (u.may_purchase or u.role = 'superuser')
    order by rank, address`.execute(tx.tables())
  const best = rows[0]?.rank
  return rows.filter((row) => row.rank === best).map(({ address, name }) => ({ address, name }))
}

import type { MovePreview } from '@tenantree/contract'
import { sql } from 'kysely'
import { toInstantText } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { realNow } from '../../platform/clock.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import type { TenantRecord, TenantTables } from '../repository.ts'

/** The realm that the tenant was the root of once, or is: its number counts again when it returns under the vendor. */
export async function findRealmOf(tx: Transaction, tenant: TenantRecord): Promise<bigint | null> {
  const query = tx.tables<TenantTables>().selectFrom('realms').select('id').where('root_tenant_id', '=', tenant.id)
  return (await query.executeTakeFirst())?.id ?? null
}

/** A tenant under the vendor is a realm's root: its name stands among those of its siblings, who live in other realms. */
export async function saveRealmRoot(
  tx: Transaction,
  root: { realmId: bigint; tenant: TenantRecord; parentId: string; path: string },
): Promise<void> {
  const row = { parent_tenant_id: root.parentId, name_key: root.tenant.name_key }
  await tx
    .tables<TenantTables>()
    .insertInto('realms')
    .values({ id: root.realmId, root_tenant_id: root.tenant.id, path: root.path, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** The realm that a tenant leaves keeps what was sealed and issued there, and gives its name free. */
export async function retireRealm(tx: Transaction, tenant: TenantRecord): Promise<void> {
  await tx
    .tables<TenantTables>()
    .updateTable('realms')
    .set({ parent_tenant_id: null, name_key: `retired:${tenant.realm_id}` })
    .where('id', '=', tenant.realm_id)
    .where('root_tenant_id', '=', tenant.id)
    .execute()
}

/** Carries the tenant and all below to its new path and realm, over all tables. Waits for who is writing there. */
export async function moveSubtree(
  tx: Transaction,
  move: { from: string; to: string; parentId: string; realmId: bigint; day: string },
): Promise<void> {
  const at = toInstantText(realNow())
  await sql`select app.move_subtree(${move.from}, ${move.to}, ${move.parentId}, ${move.realmId}, ${at}, ${move.day}::date)`.execute(
    tx.tables(),
  )
}

export async function countMoved(tx: Transaction, tenant: TenantRecord): Promise<{ tenants: number; devices: number }> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql<{ tenants: number; devices: number }>`
    select (select count(*)::int from tenants t where ${inScope(tx.scope, 't')} and t.path >= ${lo} and t.path < ${hi}) as tenants,
      (select count(*)::int from devices d where ${inScope(tx.scope, 'd')} and d.path >= ${lo} and d.path < ${hi} and d.state <> 'deleted') as devices`.execute(
    tx.tables(),
  )
  return rows[0] ?? { tenants: 0, devices: 0 }
}

type TenantRef = MovePreview['losing_sight'][number]

export async function listAt(tx: Transaction, paths: readonly string[]): Promise<TenantRef[]> {
  const { rows } = await sql<TenantRef>`
    select t.id, t.name, t.level from tenants t where ${inScope(tx.scope, 't')} and t.path = any(${[...paths]}) order by t.path`.execute(
    tx.tables(),
  )
  return rows
}

import { sql } from 'kysely'
import type { PlainDate } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import type { TenantRecord, TenantTables } from '../repository.ts'

type PauseTables = {
  tenant_pauses: { realm_id: bigint; tenant_id: string; from_day: string; path: string; to_day: string | null }
}

type LifeChange = Partial<Pick<TenantRecord, 'state' | 'former_state' | 'inactivated_at'>>

/** Saves a new state if the tenant still has the one that was read. Answers whether it had. */
export async function saveState(tx: Transaction, tenant: TenantRecord, change: LifeChange): Promise<boolean> {
  const updated = await tx
    .tables<TenantTables>()
    .updateTable('tenants')
    .set({ ...change, version: sql`version + 1` })
    .where('realm_id', '=', tenant.realm_id)
    .where('id', '=', tenant.id)
    .where('state', 'in', storedStates(tenant))
    .where('path', '=', tenant.path)
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

/** A trial that has passed makes a tenant one in production, be it stored or not. R-TRIAL-3. */
const storedStates = ({ state, trial_ends_at: end }: TenantRecord): TenantRecord['state'][] =>
  state === 'production' && end !== null ? ['production', 'in_trial'] : [state]

/** Keys and places that are kept in memory anywhere are read anew within a second. */
export async function endAccess(tx: Transaction): Promise<void> {
  await sql`update app.revocations set epoch = epoch + 1 where id = 1`.execute(tx.tables())
}

/** From that day on the tenant makes no charge. */
export async function insertPause(tx: Transaction, tenant: TenantRecord, from: PlainDate): Promise<void> {
  await tx
    .tables<PauseTables>()
    .insertInto('tenant_pauses')
    .values({
      realm_id: tenant.realm_id,
      tenant_id: tenant.id,
      from_day: from.toString(),
      path: tenant.path,
      to_day: null,
    })
    .execute()
}

/** The day on which the tenant is back is charged again; a pause without a whole day between was none. */
export async function endPause(tx: Transaction, tenant: TenantRecord, until: PlainDate): Promise<void> {
  const day = until.toString()
  const tables = tx.tables<PauseTables>()
  const ofTenant = tables
    .deleteFrom('tenant_pauses')
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .where('to_day', 'is', null)
  await ofTenant.where('from_day', '>=', day).execute()
  await tables
    .updateTable('tenant_pauses')
    .set({ to_day: day })
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .where('to_day', 'is', null)
    .execute()
}

/** Tenants below that are not deleted. */
export async function countLiveBelow(tx: Transaction, tenant: TenantRecord): Promise<number> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from tenants t
    where ${inScope(tx.scope, 't')} and t.path > ${lo} and t.path < ${hi} and t.state <> 'deleted'`.execute(tx.tables())
  return rows[0]?.n ?? 0
}

/** Marks a tenant and everything live below it as deleted together. Answers how many tenants. */
export async function markDeleted(tx: Transaction, tenant: TenantRecord, at: string): Promise<number> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql<{ id: string }>`
    update tenants t set state = 'deleted', deleted_at = ${at}, deletion_id = ${tenant.id}, version = version + 1,
      former_state = case when t.state = 'inactive' then t.former_state else t.state end
    where t.realm_id = ${tenant.realm_id} and t.path >= ${lo} and t.path < ${hi} and t.state <> 'deleted'
    returning t.id`.execute(tx.tables())
  return rows.length
}

/** Brings back what was deleted together, each as it was. Answers how many tenants. */
export async function unmarkDeleted(tx: Transaction, tenant: TenantRecord): Promise<number> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql<{ id: string }>`
    update tenants t set deleted_at = null, deletion_id = null, version = version + 1,
      state = case when t.inactivated_at is not null then 'inactive' else t.former_state end,
      former_state = case when t.inactivated_at is not null then t.former_state end
    where t.realm_id = ${tenant.realm_id} and t.path >= ${lo} and t.path < ${hi} and t.deletion_id = ${tenant.id}
    returning t.id`.execute(tx.tables())
  return rows.length
}

/** Devices of the tenants that are deleted together. */
export async function countDevicesOf(tx: Transaction, tenant: TenantRecord): Promise<number> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from devices d join tenants t on t.realm_id = d.realm_id and t.id = d.tenant_id
    where ${inScope(tx.scope, 'd')} and d.path >= ${lo} and d.path < ${hi} and t.deletion_id = ${tenant.id} and d.state <> 'deleted'`.execute(
    tx.tables(),
  )
  return rows[0]?.n ?? 0
}

export async function addToChildCount(tx: Transaction, parentId: string, change: 1 | -1): Promise<void> {
  await sql`update tenants set child_count = child_count + ${change}
    where id = ${parentId} and ${inScope(tx.scope, 'tenants')}`.execute(tx.tables())
}

/**
 * Deleted tenants whose time is over, the longest gone first. What was used in a month that is not rated yet waits for that: a few hours
 * at the end of a month.
 */
export async function listToPurge(tx: Transaction, deletedBefore: string): Promise<TenantRecord[]> {
  const { rows } = await sql<TenantRecord>`
    select t.* from tenants t
    where t.deleted_at <= ${deletedBefore} and t.deletion_id = t.id
      and not exists (
        select 1 from device_months m
        where m.path >= t.path and m.path < t.path || '~' and m.days <> 0
          and not exists (select 1 from rated_months r where r.realm_id = m.realm_id and r.month = m.month))
    order by t.deleted_at, t.path limit 100`.execute(tx.tables())
  return rows
}

export async function purge(tx: Transaction, tenant: TenantRecord): Promise<void> {
  await sql`select app.purge_subtree(${tenant.path})`.execute(tx.tables())
}

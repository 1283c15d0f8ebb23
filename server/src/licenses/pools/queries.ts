import type { availableLicense, Pool, PoolRow, poolSettings } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { offerJson } from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import type { Page } from '../../kernel/page.ts'
import { dayOf } from '../../kernel/time.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { atOwners, readSupply, type Source } from '../holding/sources.ts'
import { isLiveSql, isValidSql } from '../repository.ts'
import { readSettings } from './settings.ts'

/** Throws not_found. */
export const getPoolSettings = (db: Database, call: CallContext, id: string): Promise<z.infer<typeof poolSettings>> =>
  db.transaction(call, async (tx) => readSettings(tx, await getTenant(tx, call.scope, id)))

/** What the pool of a tenant has, by type, and what it keeps for whom. Throws not_found. */
export const getPool = (db: Database, call: CallContext, id: string): Promise<Pool> =>
  db.transaction(call, (tx) => readPool(tx, call, id))

export async function readPool(tx: Transaction, call: CallContext, id: string): Promise<Pool> {
  const tenant = await getTenant(tx, call.scope, id)
  const { rows: numbers } = await sql<Pool['numbers'][number]>`
    select unit, total, unassigned from pool_numbers where realm_id = ${tenant.realm_id} and pool_id = ${tenant.id} order by unit`.execute(
    tx.tables(),
  )
  return {
    tenant_id: tenant.id,
    numbers,
    rows: await listRows(tx, call, tenant),
    set_aside: await listKept(tx, tenant),
  }
}

/** Of a pool that was bought by someone above, the free ones stand with the buyer: they are counted in its scope. R-TREE-9. */
const listRows = (tx: Transaction, call: CallContext, tenant: TenantRecord): Promise<PoolRow[]> =>
  atOwners(tx, 'take_from_pool', tenant.path, async (wide) => {
    const today = dayOf(call.now)
    const valid = isValidSql('l', today.toString())
    const { rows } = await sql<PoolRow>`
      select ${offerJson} as offer, c.total, c.assigned, c.unassigned, c.set_aside, c.trial, c.pending_cancel, c.expiring
      from (
        select l.offer_id, count(*)::int as total, count(l.holder_id)::int as assigned, (count(*) - count(l.holder_id))::int as unassigned,
          count(l.set_aside_for)::int as set_aside, count(*) filter (where l.is_trial)::int as trial,
          count(*) filter (where l.state = 'pending_cancel')::int as pending_cancel,
          count(*) filter (where not l.auto_renew and l.ends_on <= ${today.add({ days: 30 }).toString()}::date)::int as expiring
        from licenses l where l.realm_id = ${tenant.realm_id} and l.pool_id = ${tenant.id} and ${valid} group by l.offer_id
      ) c join offers o on o.id = c.offer_id order by o.product_key, o.rank, o.id`.execute(wide.tables())
    return rows
  })

async function listKept(tx: Transaction, tenant: TenantRecord): Promise<Pool['set_aside']> {
  const { rows } = await sql<Pool['set_aside'][number]>`
    select jsonb_build_object('id', t.id, 'name', t.name) as tenant, l.offer_id, count(*)::int as number, count(l.holder_id)::int as assigned
    from licenses l join tenants t on t.realm_id = l.realm_id and t.id = l.set_aside_for
    where ${inScope(tx.scope, 'l')} and l.realm_id = ${tenant.realm_id} and l.pool_id = ${tenant.id} and ${isLiveSql('l')}
    group by t.id, t.name, t.name_key, l.offer_id order by t.name_key, t.id, l.offer_id`.execute(tx.tables())
  return rows
}

type Available = z.infer<typeof availableLicense>

/** What the holders of a tenant may take, from whichever pool serves them. R-POOL-2, R-TREE-9. Throws not_found. */
export const listAvailable = (db: Database, call: CallContext, id: string): Promise<Page<Available>> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    return { data: await countFree(tx, call, tenant), next: null }
  })

/** The free licenses that serve a tenant, by offer. */
export const countFree = (
  tx: Transaction,
  call: CallContext,
  tenant: { realm_id: bigint; path: string; level: string },
): Promise<Available[]> =>
  atOwners(tx, 'take_from_pool', tenant.path, async (wide) => {
    const { sources } = await readSupply(wide, tenant)
    if (sources.length === 0) return []
    const { rows } = await sql<Available>`
      select ${offerJson} as offer, c.commercial, c.trial from (
        select l.offer_id, count(*) filter (where not l.is_trial)::int as commercial, count(*) filter (where l.is_trial)::int as trial
        from licenses l
        where l.realm_id = ${tenant.realm_id} and l.holder_id is null and l.state in ('unassigned', 'pending_cancel')
          and ${isValidSql('l', dayOf(call.now).toString())} and (${sql.join(sources.map(ofSource), sql` or `)})
        group by l.offer_id
      ) c join offers o on o.id = c.offer_id order by o.product_key, o.rank, o.id`.execute(wide.tables())
    return rows
  })

const ofSource = ({ poolId, setAsideFor, trialsOnly }: Source) =>
  sql`(l.pool_id = ${poolId} and ${setAsideFor === null ? sql`l.set_aside_for is null` : sql`l.set_aside_for = ${setAsideFor}`}
    ${trialsOnly ? sql`and l.is_trial` : sql``})`

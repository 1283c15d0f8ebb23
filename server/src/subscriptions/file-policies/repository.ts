import { sql } from 'kysely'
import type { Scope } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import type { Owned, TenantRecord } from '../../tenants/index.ts'
import { presentState } from '../repository.ts'
import type { Policy } from './domain.ts'

export type PolicyRecord = Owned &
  Omit<Policy, 'web_sites' | 'mime_types'> & {
    id: string
    position: number
    web_sites: string[]
    mime_types: string[]
    created_at: string
  }
type Tables = { file_policies: PolicyRecord }
type Customer = Pick<TenantRecord, 'realm_id' | 'id' | 'path'>

/** In the order in which they are tried. */
export const listPolicies = (tx: Transaction, customer: Customer): Promise<PolicyRecord[]> =>
  tx
    .tables<Tables>()
    .selectFrom('file_policies')
    .selectAll()
    .where('realm_id', '=', customer.realm_id)
    .where('tenant_id', '=', customer.id)
    .where(inScope(tx.scope, 'file_policies'))
    .orderBy('position')
    .execute()

/** Throws not_found. */
export async function getPolicy(tx: Transaction, scope: Scope, id: string): Promise<PolicyRecord> {
  const found = await tx
    .tables<Tables>()
    .selectFrom('file_policies')
    .selectAll()
    .where('id', '=', id)
    .where(inScope(scope, 'file_policies'))
    .forUpdate()
    .executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

export async function insertPolicy(tx: Transaction, policy: PolicyRecord): Promise<void> {
  await tx.tables<Tables>().insertInto('file_policies').values(policy).execute()
}

/** Those after it move up. */
export async function deletePolicy(
  tx: Transaction,
  { realm_id, tenant_id, id, position }: PolicyRecord,
): Promise<void> {
  const tables = tx.tables<Tables>()
  await tables.deleteFrom('file_policies').where('realm_id', '=', realm_id).where('id', '=', id).execute()
  await tables
    .updateTable('file_policies')
    .set({ position: sql`position - 1` })
    .where('realm_id', '=', realm_id)
    .where('tenant_id', '=', tenant_id)
    .where('position', '>', position)
    .execute()
}

/** Answers how many were numbered anew. */
export async function numberPolicies(
  tx: Transaction,
  { realm_id, id }: Customer,
  ids: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update file_policies f set position = n.position
    from unnest(${[...ids]}::uuid[]) with ordinality as n (id, position)
    where f.realm_id = ${realm_id} and f.tenant_id = ${id} and f.id = n.id`.execute(tx.tables())
  return Number(numAffectedRows ?? 0n)
}

export type HeldOffer = { product: string; edition: string; features: string[] }

/** The offers that a customer has at the moment: what it subscribes to, and what its holders and those of its sites have licenses of. */
export async function listHeld(tx: Transaction, customer: Customer): Promise<HeldOffer[]> {
  const { lo, hi } = toBounds(customer.path)
  const { rows } = await sql<HeldOffer>`
    select o.product, o.edition, o.features from offers o
    where o.id in (
      select s.offer_id from subscriptions s
      where s.realm_id = ${customer.realm_id} and s.tenant_id = ${customer.id} and ${presentState('s', tx.now)} <> 'ended'
      union
      select l.offer_id from licenses l
      where l.realm_id = ${customer.realm_id} and l.path >= ${lo} and l.path < ${hi} and l.state in ('assigned', 'pending_cancel')
        and (l.ends_on is null or l.ends_on >= ${dayOf(tx.now).toString()}::date)
    ) order by o.product_key, o.rank desc, o.id`.execute(tx.tables())
  return rows
}

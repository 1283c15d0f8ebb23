import type { licenseExportQuery } from '@tenantree/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext, Scope } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import { findTenant, getTenant, toPattern } from '../../tenants/index.ts'
import { isValidSql } from '../repository.ts'

export type Filter = z.infer<typeof licenseExportQuery>
type Condition = RawBuilder<SqlBool>

/**
 * What the filters of the grid let through, on licenses `l` of the scope. They combine. R-LIC-6.
 * Throws filter_not_applicable for used or unused together with trial, not_found for what lies outside the scope.
 */
export async function toFilter(tx: Transaction, call: CallContext, filter: Filter): Promise<Condition> {
  decideApplicable(filter)
  await requireKnown(tx, call, filter)
  const parts: Condition[] = [
    sql<SqlBool>`l.removed_at is null`,
    ...ofValues(call.scope, filter),
    ...ofState(filter, call),
  ]
  if (filter.tenant_id !== undefined) parts.push(await ofCompany(tx, call, filter.tenant_id))
  if (filter.q !== undefined) parts.push(ofSearch(call.scope, filter.q))
  return sql.join(parts, sql` and `) as Condition
}

function decideApplicable({ kind, use }: Filter): void {
  if (kind === 'trial' && use !== 'all')
    throw fieldProblem('filter_not_applicable', 'use', 'Used and unused are told of commercial licenses only.')
}

function ofValues(scope: Scope, filter: Filter): Condition[] {
  const parts: Condition[] = []
  if (filter.offer_id !== undefined) parts.push(sql`l.offer_id = ${filter.offer_id}`)
  if (filter.pool_id !== undefined) parts.push(sql`l.pool_id = ${filter.pool_id}`)
  if (filter.order_id !== undefined) parts.push(sql`l.order_id = ${filter.order_id} and ${isOrdersEnd(scope)}`)
  if (filter.holder_id !== undefined) parts.push(sql`l.holder_id = ${filter.holder_id}`)
  if (filter.auto_renew !== undefined) parts.push(sql`l.auto_renew = ${filter.auto_renew === 'true'}`)
  return parts
}

/** An order is seen by the two ends of its edge. R-TREE-10. */
const isOrdersEnd = ({ lo }: Scope): Condition => sql`(l.owner_path = ${lo} or left(l.owner_path, -4) = ${lo})`

function ofState({ kind, use, validity }: Filter, call: CallContext): Condition[] {
  const parts: Condition[] = []
  const valid = isValidSql('l', dayOf(call.now).toString())
  if (kind !== undefined) parts.push(sql`l.is_trial = ${kind === 'trial'}`)
  if (validity === 'valid') parts.push(valid)
  if (validity === 'expired') parts.push(sql`not ${valid}`)
  if (use === 'used') parts.push(sql`not l.is_trial and l.holder_id is not null`)
  if (use === 'unused') parts.push(sql`not l.is_trial and l.holder_id is null`)
  return parts
}

/** Held at the tenant or below, or free and in a pool there, or kept for it. */
async function ofCompany(tx: Transaction, call: CallContext, tenantId: string): Promise<Condition> {
  const { lo, hi } = toBounds((await getTenant(tx, call.scope, tenantId)).path)
  return sql`case when l.holder_id is not null then l.path >= ${lo} and l.path < ${hi}
    else l.set_aside_for = ${tenantId} or (l.pool_path >= ${lo} and l.pool_path < ${hi}) end`
}

/** By the holder's name or address, or the company's name. What lies outside the scope is searched by nobody. */
function ofSearch(scope: Scope, q: string): Condition {
  const pattern = toPattern(q)
  const at = (alias: string) => inScope(scope, alias)
  return sql`(l.holder_id in (
      select p.subscriber_id from subscriber_persons p where ${at('p')} and (p.name_key like ${pattern} or p.email_key like ${pattern})
      union all select d.id from devices d where ${at('d')} and d.host_name_key like ${pattern}
      union all select g.id from gateways g where ${at('g')} and g.name_key like ${pattern}
      union all select m.id from domains m where ${at('m')} and m.name_key like ${pattern})
    or coalesce(l.holder_tenant_id, l.set_aside_for, l.pool_id) in (
      select t.id from tenants t where ${at('t')} and t.name_key like ${pattern}))`
}

/** A filter by something outside the scope is refused like one by something that does not exist. R-TREE-9. */
async function requireKnown(tx: Transaction, { scope }: CallContext, filter: Filter): Promise<void> {
  const { offer_id, pool_id, order_id, holder_id } = filter
  const isKnown =
    (offer_id === undefined || scope.reach === 'vendor' || (await knowsOffer(tx, scope, [offer_id]))) &&
    (pool_id === undefined || (await findTenant(tx, scope, pool_id)) !== null) &&
    (order_id === undefined || (await isThere(tx, sql`l.order_id = ${order_id} and ${isOrdersEnd(scope)}`, scope))) &&
    (holder_id === undefined || (await knowsHolder(tx, scope, holder_id)))
  if (!isKnown) throw new Problem('not_found')
}

/** Of what was enabled for the tenant of the scope, or of which it sees a license. */
export async function knowsOffer(tx: Transaction, scope: Scope, ids: readonly string[]): Promise<boolean> {
  const rows = await tx.send(sql`
    select 1 from enabled_offers e where e.path = ${scope.lo} and e.offer_id = any (${[...ids]}::uuid[]) limit 1`)
  return rows.length > 0 || isThere(tx, sql`l.offer_id = any (${[...ids]}::uuid[])`, scope)
}

async function isThere(tx: Transaction, condition: RawBuilder<unknown>, scope: Scope): Promise<boolean> {
  const { rows } = await sql`select 1 from licenses l where ${inScope(scope, 'l')} and ${condition} limit 1`.execute(
    tx.tables(),
  )
  return rows.length > 0
}

async function knowsHolder(tx: Transaction, scope: Scope, id: string): Promise<boolean> {
  const registers = ['subscribers', 'devices', 'gateways', 'domains', 'tenants']
  const selects = registers.map(
    (name) => sql`select 1 from ${sql.table(name)} h where h.id = ${id} and ${inScope(scope, 'h')}`,
  )
  const { rows } = await sql`${sql.join(selects, sql` union all `)}`.execute(tx.tables())
  return rows.length > 0
}

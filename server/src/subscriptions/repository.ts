import type { SubscriptionState } from '@tenantree/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import { inScope, type Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'
import type { Change, SubscriptionFacts } from './domain.ts'

export type SubscriptionRecord = Owned &
  SubscriptionFacts & {
    id: string
    offer_id: string
    product_key: string
    created_at: string
    version: number
  }
export type SubscriptionTables = { subscriptions: SubscriptionRecord }

export async function insertSubscription(tx: Transaction, subscription: SubscriptionRecord): Promise<void> {
  await tx.tables<SubscriptionTables>().insertInto('subscriptions').values(subscription).execute()
}

/** Nobody else changes it before the transaction ends. Throws not_found. */
export async function lockSubscription(tx: Transaction, scope: Scope, id: string): Promise<SubscriptionRecord> {
  const found = await tx
    .tables<SubscriptionTables>()
    .selectFrom('subscriptions')
    .selectAll()
    .where('id', '=', id)
    .where(inScope(scope, 'subscriptions'))
    .forUpdate()
    .executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

export async function saveSubscription(tx: Transaction, record: SubscriptionRecord, change: Change): Promise<void> {
  await tx
    .tables<SubscriptionTables>()
    .updateTable('subscriptions')
    .set({ ...change, version: record.version + 1 })
    .where('realm_id', '=', record.realm_id)
    .where('id', '=', record.id)
    .execute()
}

type Product = { realm_id: bigint; tenant_id: string; product_key: string }

/** On which day the customer's last trial of the product began. R-TRIAL-5. */
export async function findLastTrial(tx: Transaction, { realm_id, tenant_id, product_key }: Product) {
  const found = await tx
    .tables<SubscriptionTables>()
    .selectFrom('subscriptions')
    .select('started_on')
    .where('realm_id', '=', realm_id)
    .where('tenant_id', '=', tenant_id)
    .where('product_key', '=', product_key)
    .where('trial_ends_at', 'is not', null)
    .orderBy('started_on', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found?.started_on ?? null
}

/** A day has one subscription of a product, the last: one that ended today gives the day to the next. R-BILL-9. */
export async function giveDay(tx: Transaction, product: Product, day: string): Promise<void> {
  await sql`
    update subscriptions set ends_before = greatest(${day}::date, started_on)
    where realm_id = ${product.realm_id} and tenant_id = ${product.tenant_id} and product_key = ${product.product_key}
      and state = 'ended' and ends_before > ${day}::date`.execute(tx.tables())
}

/** The state of a subscription `alias` at the moment: a trial that has passed has ended as its offer said. R-TRIAL-3. */
export const presentState = (alias: string, now: Instant): RawBuilder<SubscriptionState> => {
  const [state, end] = [sql.ref(`${alias}.state`), sql.ref(`${alias}.trial_ends_at`)]
  return sql<SubscriptionState>`
    case when ${state} <> 'in_trial' or ${end} > ${toInstantText(now)}::timestamptz then ${state}
      when ${sql.ref(`${alias}.trial_end_policy`)} = 'convert' then 'active' else 'ended' end`
}

export type EndedTrial = SubscriptionRecord & { trial_ends_at: string }

/**
 * Stores the end of trials that have passed: all that are due, or those that `of` names. Of two that run at once each takes rows of its own.
 * R-TRIAL-2, R-TRIAL-3.
 */
export async function endTrials(
  tx: Transaction,
  now: Instant,
  limit: number,
  of: RawBuilder<SqlBool> = sql<SqlBool>`true`,
): Promise<EndedTrial[]> {
  const at = toInstantText(now)
  const { rows } = await sql<EndedTrial>`
    update subscriptions s set state = case when s.trial_end_policy = 'convert' then 'active' else 'ended' end,
      ended_at = case when s.trial_end_policy = 'convert' then null else s.trial_ends_at end, version = s.version + 1
    from (
      select d.realm_id, d.id from subscriptions d where d.state = 'in_trial' and d.trial_ends_at <= ${at} and ${of}
      order by d.trial_ends_at, d.id limit ${limit} for update skip locked
    ) due
    where s.realm_id = due.realm_id and s.id = due.id returning s.*`.execute(tx.tables())
  return rows
}

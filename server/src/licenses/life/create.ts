import { sql } from 'kysely'
import * as audit from '../../audit/index.ts'
import type { OfferRecord } from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { toInstantText } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { publish } from '../../platform/outbox.ts'
import { addToNumbers, come } from '../pools/numbers.ts'

type Standing = { id: string; path: string }
export type NewLine = {
  orderLineId: string | null
  offer: OfferRecord
  /** null for a trial, which has no dates until someone uses it. */
  term: string | null
  quantity: number
  startsOn: string
  endsOn: string | null
  committedTo: string | null
  autoRenew: boolean
  isTrial?: boolean
}
export type NewLicenses = {
  owner: Standing & { realm_id: bigint }
  pool: Standing
  orderId: string | null
  lines: readonly NewLine[]
}

/**
 * Makes the licenses of an order, or those asked for as a trial, in the pool, unassigned: three statements a line, however many. Answers their ids.
 * The numbers come last; the audit entry says how many. R-BUY-3, R-POOL-1, R-AUDIT-1.
 */
export async function createLicenses(tx: Transaction, call: CallContext, made: NewLicenses): Promise<string[]> {
  const ids: string[] = []
  for (const line of made.lines) ids.push(...(await insertLine(tx, call, made, line)))
  const pools = made.lines.map((line) => ({ ...toPool(made), unit: line.offer.unit, quantity: line.quantity }))
  const numbers = await addToNumbers(
    tx,
    pools.map((pool) => come(pool, pool.quantity)),
    pools,
  )
  await audit.appendAll(
    tx,
    call,
    made.lines.map((line) => ({
      action: 'license.created',
      realmId: made.owner.realm_id,
      path: made.owner.path,
      object: { kind: 'pool', id: made.pool.id },
      before: null,
      after: {
        offer_id: line.offer.id,
        quantity: line.quantity,
        is_trial: line.isTrial ?? false,
        pool_id: made.pool.id,
        ...numbers.of({ pool_id: made.pool.id, unit: line.offer.unit }),
      },
    })),
  )
  await publish(tx, {
    realmId: made.owner.realm_id,
    topic: 'license.created',
    path: made.owner.path,
    payload: { order_id: made.orderId, pool_id: made.pool.id, quantity: ids.length },
  })
  return ids
}

const toPool = ({ owner, pool }: NewLicenses) => ({ realm_id: owner.realm_id, pool_id: pool.id, pool_path: pool.path })

async function insertLine(tx: Transaction, call: CallContext, made: NewLicenses, line: NewLine): Promise<string[]> {
  const { owner, pool, orderId } = made
  const { offer } = line
  const ids = Array.from({ length: line.quantity }, newId)
  const at = toInstantText(call.now)
  await sql`
    insert into licenses (realm_id, id, path, owner_id, owner_path, pool_id, pool_path, order_id, order_line_id, offer_id, product_key, unit,
      charge_model, state, term, starts_on, ends_on, committed_to, auto_renew, is_trial, created_at)
    select ${owner.realm_id}, n.id, ${owner.path}, ${owner.id}, ${owner.path}, ${pool.id}, ${pool.path}, ${orderId}, ${line.orderLineId}::uuid, ${offer.id},
      ${offer.product_key}, ${offer.unit}, ${offer.charge_model}, 'unassigned', ${line.term}, ${line.startsOn}::date, ${line.endsOn}::date,
      ${line.committedTo}::date, ${line.autoRenew}, ${line.isTrial ?? false}, ${at}
    from unnest(${ids}::uuid[]) as n (id)`.execute(tx.tables())
  const { actor } = call.scope
  await sql`
    insert into license_events (realm_id, id, path, license_id, at, what, actor_kind, actor_id, details)
    select ${owner.realm_id}, n.event_id, ${owner.path}, n.id, ${at}, 'created', ${actor.kind}, ${actor.id}, ${JSON.stringify({ offer_id: offer.id })}::jsonb
    from unnest(${ids}::uuid[], ${ids.map(newId)}::uuid[]) as n (id, event_id)`.execute(tx.tables())
  return ids
}

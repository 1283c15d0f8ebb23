import { sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import { presentState } from './repository.ts'

/** An offer that a buyer's subtree subscribes to is not taken away from the buyer. R-TREE-4. Throws in_use_below. */
export async function refuseSubscribed(
  tx: Transaction,
  call: CallContext,
  { buyer, offerId }: { buyer: { path: string; name: string }; offerId: string },
): Promise<void> {
  const { lo, hi } = toBounds(buyer.path)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from subscriptions s
    where offer_id = ${offerId} and path >= ${lo} and path < ${hi} and ${presentState('s', call.now)} <> 'ended'`.execute(
    tx.tables(),
  )
  const subscriptions = rows[0]?.n ?? 0
  if (subscriptions === 0) return
  const detail = `${subscriptions === 1 ? 'A subscription' : `${subscriptions} subscriptions`} to it at ${buyer.name} or below.`
  throw new Problem('in_use_below', { detail, params: { subscriptions } })
}

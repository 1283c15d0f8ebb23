import type { Order } from '@tenantree/contract'
import type { CallContext } from '../kernel/context.ts'
import { vendorPath } from '../kernel/tree.ts'
import { type Database, widen } from '../platform/database.ts'
import type { Payments } from './payment/port.ts'
import { runCharge } from './payment/settle.ts'
import { readOrder } from './queries.ts'

/**
 * Asks for the charge of an order that was placed and waits for it, and answers the order as it then is. A repetition with the same key comes
 * here too, and finds the same. Cards are taken by the vendor alone, whose edge it is therefore read on.
 */
export async function settleAfter(db: Database, call: CallContext, payments: Payments, placed: Order): Promise<Order> {
  if (placed.state !== 'placed') return placed
  await runCharge(db, call, payments, placed.id)
  return db.transaction(call, (tx) =>
    widen(tx, 'place_order', vendorPath, (asSeller) =>
      readOrder(asSeller, call, { id: placed.id, isShown: placed.first_total !== null }),
    ),
  )
}

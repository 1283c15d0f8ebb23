import type { Order } from '@tenantree/contract'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { dayOf, firstDay, toInstantText } from '../kernel/time.ts'
import * as licenses from '../licenses/index.ts'
import { type Database, type Transaction, widen } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { publish } from '../platform/outbox.ts'
import { noteOrder } from './accept.ts'
import { decideWithdrawal } from './domain.ts'
import { type ChargeTables, insertCharge } from './payment/charges-repository.ts'
import { insertPeriods, listOfOrder } from './periods/repository.ts'
import { readOrder } from './queries.ts'
import type { OrderRecord } from './repository.ts'
import * as repository from './repository.ts'

/** Whose order it is, for the right to purchase; only the ends of its edge know it. Throws not_found. */
export const findBuyer = (db: Database, call: CallContext, id: string): Promise<string> =>
  db.transaction(call, async (tx) => (await repository.getOrder(tx, id)).buyer_id)

/**
 * Withdraws an order whole, within seven days: its licenses end at once, and what was charged is credited on the buyer's edge and every
 * edge above; days assigned below stay charged. R-BUY-3. Throws not_found, state_conflict, withdrawal_over.
 */
export const withdrawOrder = (db: Database, call: CallContext, id: string): Promise<Order> =>
  db.transaction(call, async (tx) => {
    const order = await repository.getOrder(tx, id)
    decideWithdrawal(order, call.now)
    return widen(tx, 'place_order', order.seller_path, async (asSeller) => {
      const change = { state: 'withdrawn' as const, withdrawn_at: toInstantText(call.now) }
      const isWithdrawn = await repository.changeState(asSeller, order, 'accepted', change)
      if (!isWithdrawn) throw new Problem('state_conflict', { params: { state: 'withdrawn' } })
      await licenses.withdrawLicenses(asSeller, call, { realmId: order.realm_id, orderId: order.id })
      await creditPeriods(asSeller, call, order)
      if (order.payment_reference !== null) await requestRefund(asSeller, call, order)
      const lines = await repository.listLines(asSeller, order)
      await noteOrder(asSeller, call, { order, lines, action: 'order.withdrawn' })
      await publish(asSeller, {
        realmId: order.realm_id,
        topic: 'order.withdrawn',
        path: order.path,
        payload: { order_id: order.id, buyer_id: order.buyer_id },
      })
      return readOrder(asSeller, call, { id: order.id, isShown: true })
    })
  })

/** Takes back all that the order has charged: a row for each row, with the opposite quantity, at the price of what it takes back. */
async function creditPeriods(tx: Transaction, call: CallContext, order: OrderRecord): Promise<void> {
  const charged = await listOfOrder(tx, order)
  const billMonth = firstDay(dayOf(call.now).toPlainYearMonth()).toString()
  await insertPeriods(
    tx,
    charged.map((row) => ({
      ...row,
      id: newId(),
      quantity: -row.quantity,
      credit_of: row.id,
      reason: 'withdrawal' as const,
      bill_month: billMonth,
      created_at: toInstantText(call.now),
    })),
  )
}

const requestRefund = (tx: Transaction, call: CallContext, order: OrderRecord): Promise<void> =>
  insertCharge(tx, {
    realm_id: order.realm_id,
    id: newId(),
    path: order.path,
    seller_path: order.seller_path,
    buyer_id: order.buyer_id,
    order_id: order.id,
    purpose: 'refund',
    order_line_id: null,
    offer_id: null,
    from_day: null,
    attempt: 1,
    state: 'requested',
    amount_minor: order.first_total_minor,
    currency: order.currency,
    reference: order.payment_reference,
    failure: null,
    created_at: toInstantText(call.now),
  })

/** A refund of the order that has not been answered yet. */
export async function findRefund(tx: Transaction, orderId: string): Promise<string | null> {
  const charge = await tx
    .tables<ChargeTables>()
    .selectFrom('card_charges')
    .select('id')
    .where('order_id', '=', orderId)
    .where('purpose', '=', 'refund')
    .where('state', '=', 'requested')
    .executeTakeFirst()
  return charge?.id ?? null
}

import type { CallContext } from '../../kernel/context.ts'
import { invariant } from '../../kernel/problem.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import type * as tenants from '../../tenants/index.ts'
import { acceptOrder, noteOrder } from '../accept.ts'
import type { OrderRecord } from '../repository.ts'
import * as repository from '../repository.ts'
import { findCardOf } from './cards-repository.ts'
import { type ChargeRecord, findCharge, listRequested, settleCharge } from './charges-repository.ts'
import type { CardProvider, ChargeOutcome, Payments } from './port.ts'

/** What becomes of a renewal's charge is the renewal's own; filled in by it. */
type AfterCharge = (tx: Transaction, call: CallContext, charge: ChargeRecord, outcome: Settled) => Promise<void>
export type Settled = Exclude<ChargeOutcome, { state: 'unknown' }>

/**
 * Asks the provider for a charge or refund that is noted, outside of any transaction, and keeps what it says. The same again, at once or
 * after a crash, does not charge twice: the id is the provider's idempotency key. R-BUY-4.
 */
export async function runCharge(db: Database, call: CallContext, payments: Payments, id: string): Promise<void> {
  const { cards } = payments
  const charge = await db.work(call, (tx) => findCharge(tx, id))
  if (cards === null || charge === null || charge.state !== 'requested') return
  const outcome = await ask(db, call, cards, charge)
  if (outcome.state !== 'unknown') await db.work(call, (tx) => settle(tx, call, charge, outcome))
}

async function ask(db: Database, call: CallContext, cards: CardProvider, charge: ChargeRecord): Promise<ChargeOutcome> {
  if (charge.purpose === 'refund') {
    invariant(charge.reference !== null, 'what was paid can be refunded')
    return cards.refund({ key: charge.id, reference: charge.reference })
  }
  const card = await db.work(call, (tx) => findCardOf(tx, { realmId: charge.realm_id, buyerId: charge.buyer_id }))
  if (card?.card_reference == null) return { state: 'failed', reference: null, failure: 'There is no card.' }
  return cards.charge({
    key: charge.id,
    customerReference: card.customer_reference,
    cardReference: card.card_reference,
    amount: { minor: charge.amount_minor, currency: charge.currency },
    description: charge.purpose === 'order' ? `Order ${charge.order_id}` : `Renewal of order ${charge.order_id}`,
  })
}

/** Keeps an outcome and does what follows from it, once, whoever was told of it first. */
export async function settle(
  tx: Transaction,
  call: CallContext,
  charge: ChargeRecord,
  outcome: Settled,
): Promise<void> {
  const isFirst = await settleCharge(
    tx,
    { realmId: charge.realm_id, id: charge.id },
    {
      state: outcome.state,
      reference: outcome.reference ?? charge.reference,
      failure: outcome.state === 'failed' ? outcome.failure : null,
    },
  )
  if (isFirst && charge.purpose === 'order') await settleOrder(tx, call, charge, outcome)
}

const settleOrder: AfterCharge = async (tx, call, charge, outcome) => {
  const order = await repository.lockOrder(tx, { realmId: charge.realm_id, id: charge.order_id })
  if (outcome.state === 'failed') return failOrder(tx, call, order, outcome.failure)
  const lines = await repository.listLines(tx, order)
  const buyer = await getTenant(tx, order, order.buyer_id)
  const company = order.company_id === null ? null : await getTenant(tx, order, order.company_id)
  await acceptOrder(tx, call, { order, lines, buyer, company, reference: outcome.reference })
}

export async function getTenant(
  tx: Transaction,
  order: Pick<OrderRecord, 'realm_id'>,
  id: string,
): Promise<tenants.TenantRecord> {
  return tx
    .tables<tenants.TenantTables>()
    .selectFrom('tenants')
    .selectAll()
    .where('realm_id', '=', order.realm_id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

async function failOrder(tx: Transaction, call: CallContext, order: OrderRecord, failure: string): Promise<void> {
  const change = { state: 'payment_failed' as const, payment_failure: failure }
  if (!(await repository.changeState(tx, order, 'placed', change))) return
  await repository.freePaymentMode(tx, order)
  const lines = await repository.listLines(tx, order)
  await noteOrder(tx, call, { order, lines, action: 'order.payment_failed', failure })
}

/** Asks again for what a crash or an unreachable provider has left open. */
export const openCharges = (db: Database, payments: Payments): DueTask => ({
  name: 'orders.payments',
  async run(call) {
    for (const { id } of await db.work(call, listRequested)) await runCharge(db, call, payments, id)
  },
})

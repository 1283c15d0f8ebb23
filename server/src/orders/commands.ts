import type { CreateOrder, Order } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import * as identity from '../identity/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, invariant, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { type Database, type Transaction, widen } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { unitPriceOf } from '../pricing/index.ts'
import * as tenants from '../tenants/index.ts'
import { acceptOrder, noteOrder } from './accept.ts'
import { decideTermsVersion, mayOrderByDefault } from './domain.ts'
import { findCard } from './payment/cards-repository.ts'
import { insertCharge } from './payment/charges-repository.ts'
import type { Payments } from './payment/port.ts'
import { type OrderPlan, planOrder } from './plan.ts'
import { readOrder } from './queries.ts'
import type { OrderLineRecord, OrderRecord } from './repository.ts'
import * as repository from './repository.ts'

/**
 * Refuses who may not purchase for the buyer, and notes the refusal in a transaction of its own: it stands, though nothing else does.
 * R-BUY-1. Throws not_found, purchase_not_allowed.
 */
export async function requirePurchase(db: Database, call: CallContext, buyerId: string): Promise<void> {
  const refusal = await db.transaction(call, async (tx) => {
    const buyer = await tenants.getTenant(tx, call.scope, buyerId)
    const reason = await findRefusal(tx, call, buyer)
    if (reason !== null)
      await audit.append(tx, call, {
        action: 'order.refused',
        realmId: buyer.realm_id,
        path: buyer.path,
        object: { kind: 'tenant', id: buyer.id },
        before: null,
        after: { code: 'purchase_not_allowed', reason },
      })
    return reason
  })
  if (refusal !== null) throw new Problem('purchase_not_allowed', { detail: refusal })
}

async function findRefusal(tx: Transaction, call: CallContext, buyer: tenants.TenantRecord): Promise<string | null> {
  if (!(await identity.mayPurchase(tx, call.scope))) return 'You do not have the right to purchase.'
  if (buyer.id !== call.scope.tenantId) return null
  const mayOrder = (await repository.findMayOrder(tx, buyer)) ?? mayOrderByDefault(buyer.level)
  return mayOrder ? null : 'Your seller places the orders of this tenant.'
}

/**
 * Places an order for a buyer of the scope: by invoice it is accepted at once, by card when the charge has succeeded, which is asked for
 * after this transaction. R-BUY-1..4. Throws what planOrder throws, terms_required, payment_mode_fixed, card_not_taken, card_missing,
 * card_amount_invalid.
 */
export const placeOrder = (db: Database, call: CallContext, payments: Payments, input: CreateOrder): Promise<Order> =>
  db.transaction(call, async (tx) => {
    // One order of a buyer at a time: what it costs may hang on the others of the month.
    await repository.lockPaymentMode(tx, input.buyer_id)
    const first = await planOrder(tx, call, input)
    const termsVersion = decideTermsVersion(first.terms, input.terms_version)
    const id = newId()
    await takeMode(tx, call, first, id)
    const plan = first.isModeFixed ? first : await planOrder(tx, call, input)
    const isCard = input.payment_method === 'card' && plan.total.minor > 0n
    if (input.payment_method === 'card') await requireCard(tx, payments, plan)
    const order = toOrder(plan, call, { id, method: input.payment_method, termsVersion })
    const lines = toLines(plan, order)
    return widen(tx, 'place_order', plan.sellerPath, async (asSeller) => {
      await repository.insertOrder(asSeller, order, lines)
      await noteOrder(asSeller, call, { order, lines, action: 'order.placed' })
      if (isCard) await requestCharge(asSeller, order)
      else
        await acceptOrder(asSeller, call, { order, lines, buyer: plan.buyer, company: plan.company, reference: null })
      return readOrder(asSeller, call, { id: order.id, isShown: plan.isOwnEdge })
    })
  })

/** Throws card_not_taken, card_missing, card_amount_invalid. */
async function requireCard(tx: Transaction, payments: Payments, plan: OrderPlan): Promise<void> {
  if (!payments.takesCards(plan.sellerPath)) throw fieldProblem('card_not_taken', 'payment_method')
  const card = await widen(tx, 'place_order', plan.sellerPath, (asSeller) => findCard(asSeller, plan.buyer))
  if (card?.card_reference == null) throw fieldProblem('card_missing', 'payment_method')
  if (plan.total.minor > 0n) payments.cards?.checkAmount(plan.total)
}

/** Of two first orders at once the second waits here and is held against the first one's mode. Throws payment_mode_fixed. R-BUY-2. */
async function takeMode(tx: Transaction, call: CallContext, plan: OrderPlan, orderId: string): Promise<void> {
  const taken = await repository.takePaymentMode(tx, {
    realm_id: plan.buyer.realm_id,
    buyer_id: plan.buyer.id,
    path: plan.buyer.path,
    mode: plan.mode,
    order_id: orderId,
    fixed_at: toInstantText(call.now),
    is_pending: true,
    version: 1,
  })
  if (taken.mode !== plan.mode)
    throw new Problem('payment_mode_fixed', {
      detail: `The payment mode is ${taken.mode}.`,
      params: { payment_mode: taken.mode },
    })
}

function toOrder(
  plan: OrderPlan,
  call: CallContext,
  { id, method, termsVersion }: { id: string; method: OrderRecord['payment_method']; termsVersion: number | null },
): OrderRecord {
  const { buyer, company, sellerPath, mode, currency, total, additions } = plan
  const { actor, tenantId } = call.scope
  invariant(buyer.parent_id !== null, 'a buyer has a seller')
  return {
    realm_id: buyer.realm_id,
    id,
    path: buyer.path,
    seller_path: sellerPath,
    seller_id: buyer.parent_id,
    buyer_id: buyer.id,
    company_id: company?.id ?? null,
    state: 'placed',
    payment_mode: mode,
    payment_method: method,
    payment_reference: null,
    payment_failure: null,
    terms_version: termsVersion,
    currency,
    first_total_minor: total.minor,
    first_added: additions.map(({ offerId, reason, amount }) => ({
      offer_id: offerId,
      reason,
      amount_minor: `${amount.minor}`,
    })),
    ordered_by: actor.id ?? tenantId,
    placed_at: toInstantText(call.now),
    accepted_at: null,
    withdrawn_at: null,
    version: 1,
  }
}

function toLines(plan: OrderPlan, order: OrderRecord): OrderLineRecord[] {
  const ids = plan.lines.map(() => newId())
  return plan.lines.map(({ offer, term, quantity, addOnOf, first, quote }, index) => ({
    realm_id: order.realm_id,
    id: ids[index]!,
    order_id: order.id,
    path: order.path,
    seller_path: order.seller_path,
    position: index + 1,
    offer_id: offer.id,
    term: term.code,
    quantity,
    add_on_of: addOnOf === null ? null : ids[addOnOf]!,
    charge_model: offer.charge_model,
    unit: offer.unit,
    months: term.months,
    unit_price: unitPriceOf(quote.asked),
    first_from: first.period.from.toString(),
    first_to: first.period.to.toString(),
    first_whole_from: first.period.wholeFrom.toString(),
    first_whole_to: first.period.wholeTo.toString(),
    first_amount_minor: quote.amount.minor,
  }))
}

/** The id of the order is the key of its charge: it is made once, whoever asks again. R-BUY-4. */
const requestCharge = (tx: Transaction, order: OrderRecord): Promise<void> =>
  insertCharge(tx, {
    realm_id: order.realm_id,
    id: order.id,
    path: order.path,
    seller_path: order.seller_path,
    buyer_id: order.buyer_id,
    order_id: order.id,
    purpose: 'order',
    order_line_id: null,
    offer_id: null,
    from_day: null,
    attempt: 1,
    state: 'requested',
    amount_minor: order.first_total_minor,
    currency: order.currency,
    reference: null,
    failure: null,
    created_at: order.placed_at,
  })

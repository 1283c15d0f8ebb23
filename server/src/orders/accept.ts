import * as audit from '../audit/index.ts'
import * as catalog from '../catalog/index.ts'
import * as identity from '../identity/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toAmountText, toMoneyJson } from '../kernel/money.ts'
import { invariant } from '../kernel/problem.ts'
import { dayOf, firstDay, toDay, toInstantText } from '../kernel/time.ts'
import * as licenses from '../licenses/index.ts'
import { queueMail } from '../mails/index.ts'
import type { Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { publish } from '../platform/outbox.ts'
import type { TenantRecord } from '../tenants/index.ts'
import { firstPeriod, modeOf, termDates } from './periods/domain.ts'
import { type ChargedPeriodRecord, insertPeriods } from './periods/repository.ts'
import type { OrderLineRecord, OrderRecord } from './repository.ts'
import * as repository from './repository.ts'

type Accepted = {
  order: OrderRecord
  lines: readonly OrderLineRecord[]
  buyer: TenantRecord
  company: TenantRecord | null
  /** What the payment provider calls the payment; null for an invoice. */
  reference: string | null
}

/**
 * Makes the licenses of an order and the facts that its edges are charged by, fixes the payment mode, tells the buyer: one transaction, the
 * caller's. Answers false where the order is accepted already. R-BUY-2, R-BUY-3. Run in the scope of the seller, or past scopes.
 */
export async function acceptOrder(tx: Transaction, call: CallContext, accepted: Accepted): Promise<boolean> {
  const { order, lines, buyer, reference } = accepted
  const now = toInstantText(call.now)
  const change = { state: 'accepted' as const, accepted_at: now, payment_reference: reference }
  if (!(await repository.changeState(tx, order, 'placed', change))) return false
  await repository.fixPaymentMode(tx, order, now)
  await makeLicenses(tx, call, accepted)
  await insertPeriods(
    tx,
    lines.map((line) => toFirstPeriod(order, line, call)),
  )
  await noteOrder(tx, call, { order, lines, action: 'order.accepted' })
  await publish(tx, {
    realmId: order.realm_id,
    topic: 'order.accepted',
    path: order.path,
    payload: { order_id: order.id, buyer_id: order.buyer_id },
  })
  await sendReceipt(tx, call, { order, lines, buyer })
  return true
}

const chargeOf = (order: OrderRecord, line: OrderLineRecord) => ({
  chargeModel: line.charge_model,
  months: line.months,
  mode: modeOf(line, order.payment_mode),
})

async function makeLicenses(
  tx: Transaction,
  call: CallContext,
  { order, lines, buyer, company }: Accepted,
): Promise<void> {
  const made = []
  for (const line of lines) {
    const offer = await catalog.findOffer(tx, line.offer_id)
    invariant(offer !== null, 'an ordered offer exists')
    const dates = termDates(chargeOf(order, line), toDay(line.first_from))
    made.push({
      orderLineId: line.id,
      offer,
      term: line.term,
      quantity: line.quantity,
      startsOn: dates.startsOn.toString(),
      endsOn: dates.endsOn.toString(),
      committedTo: dates.committedTo?.toString() ?? null,
      autoRenew: true,
    })
  }
  const pool = company ?? buyer
  await licenses.createLicenses(tx, call, {
    owner: { realm_id: buyer.realm_id, id: buyer.id, path: buyer.path },
    pool: { id: pool.id, path: pool.path },
    orderId: order.id,
    lines: made,
  })
}

function toFirstPeriod(order: OrderRecord, line: OrderLineRecord, call: CallContext): ChargedPeriodRecord {
  const charge = chargeOf(order, line)
  const { periods } = firstPeriod(charge, termDates(charge, toDay(line.first_from)))
  return {
    realm_id: order.realm_id,
    id: newId(),
    path: order.path,
    buyer_id: order.buyer_id,
    company_id: order.company_id,
    order_id: order.id,
    order_line_id: line.id,
    chain: order.path,
    bill_month: firstDay(toDay(line.first_from).toPlainYearMonth()).toString(),
    offer_id: line.offer_id,
    term: line.term,
    payment_mode: charge.mode,
    periods,
    from_day: line.first_from,
    to_day: line.first_to,
    whole_from: line.first_whole_from,
    whole_to: line.first_whole_to,
    priced_on: line.first_from,
    quantity: line.quantity,
    reason: 'period',
    credit_of: null,
    created_at: toInstantText(call.now),
  }
}

type Noted = {
  order: OrderRecord
  lines: readonly OrderLineRecord[]
  action: 'order.accepted' | 'order.placed' | 'order.payment_failed' | 'order.withdrawn'
  failure?: string
}

/** An entry for each end of the edge: nobody above sees what is ordered there. R-AUDIT-1, R-TREE-10. */
export async function noteOrder(
  tx: Transaction,
  call: CallContext,
  { order, lines, action, failure }: Noted,
): Promise<void> {
  const after = {
    buyer_id: order.buyer_id,
    company_id: order.company_id,
    payment_mode: order.payment_mode,
    payment_method: order.payment_method,
    terms_version: order.terms_version,
    lines: lines.map((line) => `${line.quantity} x ${line.offer_id} ${line.term}`),
    first_total: toAmountText({ minor: order.first_total_minor, currency: order.currency }),
    currency: order.currency,
    ...(failure === undefined ? {} : { failure }),
  }
  const entry = { action, object: { kind: 'order', id: order.id }, before: null, after, private: true }
  await audit.append(tx, call, { ...entry, realmId: order.realm_id, path: order.path })
  await audit.append(tx, call, { ...entry, realmId: order.realm_id, path: order.seller_path })
}

async function sendReceipt(
  tx: Transaction,
  call: CallContext,
  { order, lines, buyer }: { order: OrderRecord; lines: readonly OrderLineRecord[]; buyer: TenantRecord },
): Promise<void> {
  const shown = []
  const names = new Map<string, string>()
  for (const line of lines) {
    const offer = await catalog.findOffer(tx, line.offer_id)
    const name = `${offer?.product} ${offer?.edition}`
    names.set(line.offer_id, name)
    shown.push({
      name,
      quantity: line.quantity,
      from: line.first_from,
      to: line.first_to,
      amount: toMoneyJson({ minor: line.first_amount_minor, currency: order.currency }),
    })
  }
  for (const to of await identity.listPurchasers(tx, buyer))
    await queueMail(tx, call, {
      tenant: buyer,
      template: 'purchase_receipt',
      to,
      data: {
        user_name: to.name,
        tenant_name: buyer.name,
        ordered_on: dayOf(call.now).toString(),
        payment_method: order.payment_method,
        lines: shown,
        additions: order.first_added.map(({ offer_id, reason, amount_minor }) => ({
          name: names.get(offer_id) ?? '',
          reason,
          amount: toMoneyJson({ minor: BigInt(amount_minor), currency: order.currency }),
        })),
        total: toMoneyJson({ minor: order.first_total_minor, currency: order.currency }),
      },
      dedupeKey: `purchase_receipt:${order.id}:${to.address}`,
    })
}

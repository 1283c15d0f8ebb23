import type { paymentCard } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, invariant, Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { parentPath } from '../../kernel/tree.ts'
import { type Database, type Transaction, widen } from '../../platform/database.ts'
import * as tenants from '../../tenants/index.ts'
import { findCard, findCardOf, insertCustomer, saveCard } from './cards-repository.ts'
import { findCharge } from './charges-repository.ts'
import type { PaymentEvent, Payments } from './port.ts'
import { settle } from './settle.ts'

type Edge = { buyer: tenants.TenantRecord; sellerPath: string; isEnd: boolean }

async function getEdge(tx: Transaction, call: CallContext, tenantId: string): Promise<Edge> {
  const buyer = await tenants.getTenant(tx, call.scope, tenantId)
  const sellerPath = parentPath(buyer.path)
  if (sellerPath === null || buyer.level === 'site') throw fieldProblem('sites_buy_nothing', 'id')
  return { buyer, sellerPath, isEnd: call.scope.lo === buyer.path || call.scope.lo === sellerPath }
}

/** The card that a buyer has left, for the two ends of its edge. R-TREE-10. Throws not_found. */
export const getPaymentCard = (
  db: Database,
  call: CallContext,
  payments: Payments,
  tenantId: string,
): Promise<z.infer<typeof paymentCard>> =>
  db.transaction(call, async (tx) => {
    const { buyer, sellerPath } = await getEdge(tx, call, tenantId)
    const card = await findCard(tx, buyer)
    const isSaved = card?.card_reference != null
    return {
      taken: payments.takesCards(sellerPath),
      card: isSaved ? { brand: card.brand ?? '', last4: card.last4 ?? '', expires_on: card.expires_on ?? '' } : null,
    }
  })

/**
 * Answers the provider's page where the buyer's card is entered. The provider is asked between two transactions; the same customer comes
 * back however often it is. Throws not_found, card_not_taken, payment_unavailable.
 */
export async function setUpCard(
  db: Database,
  call: CallContext,
  payments: Payments,
  { tenantId, returnUrl }: { tenantId: string; returnUrl: string },
): Promise<{ url: string }> {
  const edge = await db.transaction(call, async (tx) => {
    const found = await getEdge(tx, call, tenantId)
    if (!found.isEnd) throw new Problem('not_found')
    const { contact_email } = await tenants.getCompany(tx, found.buyer)
    return { ...found, email: contact_email }
  })
  const { buyer, sellerPath, email } = edge
  if (payments.cards === null || !payments.takesCards(sellerPath)) throw new Problem('card_not_taken')
  const customer = await payments.cards.createCustomer(buyer.id, { name: buyer.name, email })
  const reference = await db.transaction(call, (tx) =>
    widen(tx, 'place_order', sellerPath, (asSeller) => keepCustomer(asSeller, call, edge, customer)),
  )
  return { url: await payments.cards.startSetUp(reference, returnUrl) }
}

async function keepCustomer(
  tx: Transaction,
  call: CallContext,
  { buyer, sellerPath }: Edge,
  customer: string,
): Promise<string> {
  const key = { realm_id: buyer.realm_id, buyer_id: buyer.id, path: buyer.path, seller_path: sellerPath }
  const empty = { card_reference: null, brand: null, last4: null, expires_on: null }
  await insertCustomer(tx, {
    ...key,
    ...empty,
    customer_reference: customer,
    created_at: toInstantText(call.now),
    version: 1,
  })
  const kept = await findCardOf(tx, { realmId: buyer.realm_id, buyerId: buyer.id })
  invariant(kept !== null, 'the customer was kept')
  return kept.customer_reference
}

/** Takes what the provider tells, once: an event that comes again changes nothing. */
async function takeEvent(db: Database, call: CallContext, event: PaymentEvent): Promise<void> {
  if (event.kind === 'card_saved') await db.work(call, (tx) => keepCard(tx, call, event))
  if (event.kind !== 'charge_settled') return
  const { outcome, key } = event
  if (outcome.state === 'unknown') return
  await db.work(call, async (tx) => {
    const charge = await findCharge(tx, key)
    if (charge !== null) await settle(tx, call, charge, outcome)
  })
}

async function keepCard(
  tx: Transaction,
  call: CallContext,
  { customerReference, card }: Extract<PaymentEvent, { kind: 'card_saved' }>,
): Promise<void> {
  const saved = await saveCard(tx, customerReference, card)
  if (saved === null) return
  await audit.append(tx, call, {
    action: 'payment_card.saved',
    realmId: saved.realm_id,
    path: saved.path,
    object: { kind: 'tenant', id: saved.buyer_id },
    before: null,
    after: { brand: card.brand, expires_on: card.expiresOn },
    private: true,
  })
}

/** Throws not_found where no provider is set up, payment_event_refused for what it has not signed. */
export async function receive(
  db: Database,
  payments: Payments,
  sent: { requestId: string; body: string; signature: string },
): Promise<void> {
  if (payments.cards === null) throw new Problem('not_found')
  const event = await payments.cards.readEvent(sent.body, sent.signature)
  await takeEvent(db, await db.systemCall(sent.requestId), event)
}

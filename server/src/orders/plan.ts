import type { CreateOrder, PaymentMode } from '@tenantree/contract'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import type { Money } from '../kernel/money.ts'
import { invariant, Problem } from '../kernel/problem.ts'
import { dayOf } from '../kernel/time.ts'
import { parentPath } from '../kernel/tree.ts'
import { type Transaction, widen } from '../platform/database.ts'
import * as pricing from '../pricing/index.ts'
import type { TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import { type RateFact, toRateFact } from './charging/domain.ts'
import { type Quote, quotePeriods } from './charging/quote.ts'
import { decideBuyer, decideCompany, decideLines, decidePaymentMode, type PlannedLine, type Terms } from './domain.ts'
import * as repository from './repository.ts'

export type PricedLine = PlannedLine & { quote: Quote['lines'][number] }
export type OrderPlan = {
  buyer: TenantRecord
  company: TenantRecord | null
  sellerPath: string
  /** The caller is an end of the edge: only then it is shown amounts. R-TREE-10. */
  isOwnEdge: boolean
  mode: PaymentMode
  isModeFixed: boolean
  terms: Terms
  lines: PricedLine[]
  /** What the order changes beside its lines: packages, a minimum, the price of the month's other orders. R-PRICE-1. */
  additions: Quote['additions']
  currency: string
  total: Money
}

/**
 * What an order would be, exactly: the preview shows it, placing writes it. R-BUY-1..3, R-PRICE-4. Throws not_found, sites_buy_nothing,
 * tenant_in_trial, state_conflict, payment_mode_fixed, offer_not_offered, offer_withdrawn, price_term_unknown, add_on_alone, price_missing.
 */
export async function planOrder(tx: Transaction, call: CallContext, input: CreateOrder): Promise<OrderPlan> {
  const buyer = decideBuyer(await tenants.getTenant(tx, call.scope, input.buyer_id), call.now)
  const company = await getCompany(tx, call, buyer, input.company_id)
  if (await repository.isClosed(tx, buyer.path))
    throw new Problem('state_conflict', { detail: `${buyer.name} is inactive.`, params: { state: 'inactive' } })
  const sellerPath = parentPath(buyer.path)
  invariant(sellerPath !== null, 'a buyer has a seller')
  const fixed = await repository.findPaymentMode(tx, buyer)
  const mode = decidePaymentMode(fixed?.mode ?? null, input.payment_mode)
  const startsOn = dayOf(call.now)
  const lines = decideLines(input.lines, await loadSellable(tx, buyer, input), { mode, startsOn })
  const quote = await quoteLines(tx, call, { buyer, sellerPath, lines })
  const inForce = await catalog.findTermsVersion(tx, startsOn.toString())
  return {
    buyer,
    company,
    sellerPath,
    isOwnEdge: call.scope.lo === buyer.path || call.scope.lo === sellerPath,
    mode,
    isModeFixed: fixed !== null && !fixed.is_pending,
    terms: { required: lines.some(({ offer }) => offer.requires_terms), inForce: inForce?.number ?? null },
    lines: lines.map((line, index) => ({ ...line, quote: quote.lines[index]! })),
    additions: quote.additions,
    currency: quote.total.currency,
    total: quote.total,
  }
}

async function getCompany(
  tx: Transaction,
  call: CallContext,
  buyer: TenantRecord,
  companyId: string | null,
): Promise<TenantRecord | null> {
  if (companyId === null) return null
  return decideCompany(buyer, await tenants.getTenant(tx, call.scope, companyId), call.now)
}

async function loadSellable(tx: Transaction, buyer: TenantRecord, input: CreateOrder) {
  const enabled = new Map<string, catalog.OfferRecord>()
  for (const { offer_id } of input.lines) {
    const isEnabled = await catalog.lockEnabled(tx, buyer.path, offer_id)
    const offer = isEnabled ? await catalog.findOffer(tx, offer_id) : null
    if (offer !== null) enabled.set(offer_id, offer)
  }
  const owned: catalog.OfferRecord[] = []
  for (const offerId of await repository.listOwnedOffers(tx, buyer)) {
    const offer = await catalog.findOffer(tx, offerId)
    if (offer !== null) owned.push(offer)
  }
  return { enabled, owned }
}

/** Every edge to be charged has a price; the buyer's own is the one that the order shows. R-PRICE-4. */
async function quoteLines(
  tx: Transaction,
  call: CallContext,
  { buyer, sellerPath, lines }: { buyer: TenantRecord; sellerPath: string; lines: readonly PlannedLine[] },
): Promise<Quote> {
  for (const { offer, term, mode } of lines)
    await pricing.requirePricesDownTo(tx, call, buyer.path, offer.id, {
      term: term.code,
      period: mode,
      service_type: '',
    })
  invariant(buyer.parent_id !== null, 'a buyer has a seller')
  const edge = { sellerId: buyer.parent_id, buyerId: buyer.id, buyerPath: buyer.path }
  const quote = await widen(tx, 'place_order', sellerPath, (asSeller) =>
    quotePeriods(
      asSeller,
      edge,
      lines.map((line, index) => toFact(line, `${index}`)),
    ),
  )
  invariant(quote !== null, 'every edge down to the buyer has a price')
  return quote
}

const toFact = ({ offer, term, mode, quantity, first }: PlannedLine, id: string): RateFact => {
  const priced_on = first.period.from.toString()
  return toRateFact({ id, offer_id: offer.id, term: term.code, payment_mode: mode, priced_on, quantity }, first)
}

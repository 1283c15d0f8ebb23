import type {
  createPriceList as createPriceListSchema,
  createPrice as createPriceSchema,
  MoveFinding,
} from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import { ancestorPaths, parentPath } from '../kernel/tree.ts'
import { type Database, type Transaction, widen } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import type { TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import { decideCurrency, decidePrice } from './domain.ts'
import { toPrice, toPriceList } from './queries.ts'
import * as repository from './repository.ts'

/**
 * Makes a price list of the caller's tenant: the default one, or an override for one direct child. R-PRICE-1, R-PRICE-4.
 * Throws not_found, buyer_not_direct, sites_buy_nothing, currency_mismatch, price_list_exists.
 */
export const createPriceList = (db: Database, call: CallContext, input: z.infer<typeof createPriceListSchema>) =>
  db.transaction(call, async (tx) => {
    const seller = await getSeller(tx, call)
    const buyer = input.buyer_id === null ? null : await getBuyer(tx, call, input.buyer_id)
    decideCurrency(input.currency)
    if (buyer !== null) await refuseOtherCurrency(tx, buyer.id, input.currency, 'currency')

    const list: repository.PriceListRecord = {
      realm_id: seller.realm_id,
      id: newId(),
      path: seller.path,
      seller_path: seller.path,
      seller_id: seller.id,
      buyer_id: buyer?.id ?? null,
      buyer_path: buyer?.path ?? null,
      buyer_key: buyer?.id ?? seller.id,
      currency: input.currency,
      created_at: toInstantText(call.now),
    }
    await repository.insertList(tx, list)
    await audit.append(tx, call, {
      action: 'price_list.created',
      private: true,
      realmId: seller.realm_id,
      path: seller.path,
      object: { kind: 'price_list', id: list.id },
      before: null,
      after: { buyer_id: list.buyer_id, currency: list.currency },
    })
    return toPriceList(list, buyer?.name ?? null)
  })

async function getSeller(tx: Transaction, call: CallContext): Promise<TenantRecord> {
  const seller = await tenants.getTenant(tx, call.scope, call.scope.tenantId)
  if (seller.level === 'site' || seller.level === 'end_customer') {
    throw new Problem('sites_buy_nothing', { detail: 'An end customer or a site sells nothing.' })
  }
  return seller
}

async function getBuyer(tx: Transaction, call: CallContext, buyerId: string): Promise<TenantRecord> {
  const buyer = await tenants.getTenant(tx, call.scope, buyerId)
  if (buyer.level === 'site') throw fieldProblem('sites_buy_nothing', 'buyer_id')
  return tenants.decideDirectChild(call.scope, buyer, 'buyer_id')
}

async function refuseOtherCurrency(tx: Transaction, buyerId: string, currency: string, field: string): Promise<void> {
  const fixed = await repository.findEdgeCurrency(tx, buyerId)
  if (fixed !== null && fixed !== currency) throw fieldProblem('currency_mismatch', field, `This edge is in ${fixed}.`)
}

/**
 * Adds a price to a list of the caller's tenant and copies it to the buyers. R-PRICE-1, R-PRICE-2.
 * Throws not_found, currency_mismatch, price_in_the_past, price_exists.
 */
export const createPrice = (
  db: Database,
  call: CallContext,
  input: { listId: string; price: z.infer<typeof createPriceSchema> },
) =>
  db.transaction(call, async (tx) => {
    const list = await repository.getList(tx, input.listId)
    const offer = await catalog.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', input.price.offer_id)
    const { amount, validFrom } = decidePrice(list, input.price, dayOf(call.now))
    // A list for one buyer may be older than the currency of its edge.
    if (list.buyer_id !== null) await refuseOtherCurrency(tx, list.buyer_id, list.currency, 'unit_price/currency')

    const price: repository.PriceRecord = {
      realm_id: list.realm_id,
      id: newId(),
      path: list.path,
      seller_path: list.seller_path,
      price_list_id: list.id,
      offer_id: offer.id,
      unit_price: amount,
      valid_from: validFrom,
      created_at: toInstantText(call.now),
    }
    await repository.insertPrice(tx, price)
    if (list.buyer_id !== null)
      await repository.withdrawDefault(tx, { buyerId: list.buyer_id, offerId: offer.id, from: validFrom })
    await repository.publish(tx, { sellerId: list.seller_id, buyerId: list.buyer_id })
    await audit.append(tx, call, {
      action: 'price.created',
      private: true,
      realmId: list.realm_id,
      path: list.path,
      object: { kind: 'price', id: price.id },
      before: null,
      after: {
        price_list_id: list.id,
        offer_id: offer.id,
        unit_price: amount,
        currency: list.currency,
        valid_from: validFrom,
      },
    })
    return toPrice(price, list.currency, catalog.toOffer(offer))
  })

/** A new buyer is asked what its seller's default list asks. Joins the creation, whoever above the seller creates. */
export const publishToNewBuyer = (
  tx: Transaction,
  _call: CallContext,
  { tenant, parent }: { tenant: TenantRecord; parent: TenantRecord },
): Promise<void> =>
  widen(tx, 'publish_prices', parent.path, (asSeller) =>
    repository.publish(asSeller, { sellerId: parent.id, buyerId: tenant.id }),
  )

/**
 * Offers that the tenant has and that its new seller asks no price for yet: told, not refused, and to the new seller only. R-TREE-6, R-PRICE-4.
 */
export async function checkPricesUnder(
  tx: Transaction,
  call: CallContext,
  { tenant, parent }: { tenant: TenantRecord; parent: TenantRecord },
): Promise<MoveFinding[]> {
  if (parent.id !== call.scope.tenantId || tenant.level === 'site') return []
  const day = dayOf(call.now).toString()
  const missing = await repository.listUnpriced(tx, { sellerPath: parent.path, buyerPath: tenant.path, day })
  return missing.map(({ product, edition }) => ({
    code: 'price_missing' as const,
    detail: `${parent.name} has no price for ${product} ${edition} yet.`,
    refuses: false,
  }))
}

/** Throws price_missing if the buyer is asked no price for the offer today. R-PRICE-4. */
export async function requirePrice(
  tx: Transaction,
  call: CallContext,
  { buyer, offerId }: { buyer: TenantRecord; offerId: string },
): Promise<void> {
  const asked = await repository.findAsked(tx, buyer.path, offerId, dayOf(call.now).toString())
  if (asked === null)
    throw new Problem('price_missing', {
      detail: `Set a price for ${buyer.name} first.`,
      params: { buyer_id: buyer.id },
    })
}

/**
 * Throws price_missing if any edge from the vendor down to the buyer has no price for the offer. R-PRICE-4: only an edge that
 * the caller is an end of is named.
 */
export async function requirePricesDownTo(
  tx: Transaction,
  call: CallContext,
  buyerPath: string,
  offerId: string,
): Promise<void> {
  const today = dayOf(call.now).toString()
  const buyers = [...ancestorPaths(buyerPath).slice(1), buyerPath]
  for (const path of buyers) {
    const asked = await widen(tx, 'check_price_above', path, (asBuyer) =>
      repository.findAsked(asBuyer, path, offerId, today),
    )
    if (asked !== null) continue
    const isOwnEdge = path === call.scope.lo || parentPath(path) === call.scope.lo
    throw new Problem('price_missing', {
      detail: isOwnEdge
        ? 'Your own edge has no price for the offer.'
        : 'An edge that you are not part of has no price for the offer.',
    })
  }
}

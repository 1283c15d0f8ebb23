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
import { afterUse, decideCurrency, decideKey, decideRate, decideStart, type PriceKey } from './domain.ts'
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

type SentPrice = z.infer<typeof createPriceSchema>

/**
 * Adds a price to a list of the caller's tenant and copies it to the buyers. R-PRICE-1, R-PRICE-2. Throws not_found, currency_mismatch,
 * price_in_the_past, price_exists, price_term_unknown, tiers_invalid, invalid_request.
 */
export const createPrice = async (db: Database, call: CallContext, input: { listId: string; price: SentPrice }) => {
  const [price] = await createPrices(db, call, { listId: input.listId, prices: [input.price] })
  return price!
}

/** Adds several prices to a list at once, or none. As createPrice. */
export const createPrices = (
  db: Database,
  call: CallContext,
  input: { listId: string; prices: readonly SentPrice[] },
) =>
  db.transaction(call, async (tx) => {
    const list = await repository.getList(tx, input.listId)
    const made: { price: repository.PriceRecord; offer: catalog.OfferRecord }[] = []
    for (const sent of input.prices) made.push(await decidePrice(tx, call, list, sent))
    // A list for one buyer may be older than the currency of its edge.
    if (list.buyer_id !== null) await refuseOtherCurrency(tx, list.buyer_id, list.currency, 'unit_price/currency')
    await repository.insertPrices(
      tx,
      made.map(({ price }) => price),
    )
    for (const { price } of made) {
      if (list.buyer_id !== null)
        await repository.withdrawDefault(tx, {
          ...price,
          buyerId: list.buyer_id,
          offerId: price.offer_id,
          from: price.valid_from,
        })
      await notePrice(tx, call, list, price)
    }
    const offerIds = [...new Set(made.map(({ offer }) => offer.id))]
    await repository.publish(tx, { sellerId: list.seller_id, buyerId: list.buyer_id, offerIds })
    return made.map(({ price, offer }) => toPrice(price, list.currency, catalog.toOfferRef(offer)))
  })

async function decidePrice(tx: Transaction, call: CallContext, list: repository.PriceListRecord, sent: SentPrice) {
  const offer = await catalog.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', sent.offer_id)
  const key = decideKey(offer, sent)
  const { rate, minimum } = decideRate(list, sent)
  const price: repository.PriceRecord = {
    realm_id: list.realm_id,
    id: newId(),
    path: list.path,
    seller_path: list.seller_path,
    price_list_id: list.id,
    offer_id: offer.id,
    ...key,
    ...repository.toRateColumns(rate, minimum),
    valid_from: decideStart(sent.valid_from, dayOf(call.now)),
    created_at: toInstantText(call.now),
  }
  return { price, offer }
}

const notePrice = (
  tx: Transaction,
  call: CallContext,
  list: repository.PriceListRecord,
  price: repository.PriceRecord,
): Promise<void> =>
  audit.append(tx, call, {
    action: 'price.created',
    private: true,
    realmId: list.realm_id,
    path: list.path,
    object: { kind: 'price', id: price.id },
    before: null,
    after: {
      price_list_id: list.id,
      offer_id: price.offer_id,
      term: price.term === '' ? null : price.term,
      period: price.period,
      service_type: price.service_type === '' ? null : price.service_type,
      model: price.model,
      unit_price: price.unit_price,
      amount: price.amount,
      package_size: price.package_size === null ? null : Number(price.package_size),
      tiers: (price.tiers ?? []).map(({ above, up_to, unit_price }) => `${above}-${up_to ?? ''}: ${unit_price}`),
      minimum: price.minimum,
      currency: list.currency,
      valid_from: price.valid_from,
    },
  })

/** A new buyer is asked what its seller's default list asks. Joins the creation, whoever above the seller creates. */
export const publishToNewBuyer = (
  tx: Transaction,
  _call: CallContext,
  { tenant, parent }: { tenant: TenantRecord; parent: TenantRecord },
): Promise<void> =>
  widen(tx, 'publish_prices', parent.path, (asSeller) =>
    repository.publish(asSeller, { sellerId: parent.id, buyerId: tenant.id, offerIds: null }),
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

/** Throws price_missing if the buyer is asked no price for the offer today, in whatever term. R-PRICE-4. */
export async function requirePrice(
  tx: Transaction,
  call: CallContext,
  { buyer, offerId }: { buyer: TenantRecord; offerId: string },
): Promise<void> {
  if (!(await repository.hasAskedPrice(tx, buyer.path, offerId, dayOf(call.now).toString())))
    throw new Problem('price_missing', {
      detail: `Set a price for ${buyer.name} first.`,
      params: { buyer_id: buyer.id },
    })
}

/**
 * Throws price_missing if any edge from the vendor down to the buyer has no price for the offer. R-PRICE-4: only an edge that
 * the caller is an end of is named. `key` says in which term and for which payment period; left out it is what is billed after use.
 */
export async function requirePricesDownTo(
  tx: Transaction,
  call: CallContext,
  buyerPath: string,
  offerId: string,
  key: PriceKey = afterUse,
): Promise<void> {
  const ask = { offerId, term: key.term, period: key.period, day: dayOf(call.now).toString() }
  const type = key.service_type === '' ? {} : { serviceType: key.service_type }
  const buyers = [...ancestorPaths(buyerPath).slice(1), buyerPath]
  for (const path of buyers) {
    const asked = await widen(tx, 'check_price_above', path, (asBuyer) =>
      repository.findAskedPrice(asBuyer, { ...ask, ...type, buyerPath: path }),
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

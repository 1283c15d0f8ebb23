import * as z from 'zod'
import { currency, day, id, instant, line, pageOf, pageQuery, unitPrice } from './common.ts'

export const licensedUnit = z.enum(['user', 'device', 'gateway', 'domain', 'tenant'])
export const chargeModel = z.enum(['committed', 'prepaid', 'active_use', 'peak'])

export const offer = z
  .strictObject({
    id,
    product: z.string(),
    edition: z.string(),
    rank: z.int().meta({ description: 'A higher edition has a higher rank' }),
    unit: licensedUnit,
    charge_model: chargeModel,
    created_at: instant,
  })
  .meta({ id: 'Offer' })
export const offerPage = pageOf(offer).meta({ id: 'OfferPage' })
export const offerQuery = z.strictObject({ ...pageQuery })
/** Active use by device is what this release meters and bills; other models are refused, never half billed. */
export const createOffer = z
  .strictObject({
    product: line(100),
    edition: line(100),
    rank: z.int().min(0).max(1000).default(0),
    unit: z.literal('device'),
    charge_model: z.literal('active_use'),
  })
  .meta({ id: 'CreateOffer' })

export const enabledOffer = z.strictObject({ offer, enabled_at: instant }).meta({ id: 'EnabledOffer' })
export const enabledOfferPage = pageOf(enabledOffer).meta({ id: 'EnabledOfferPage' })
export const listQuery = z.strictObject({ ...pageQuery })
export const tenantOfferParams = z.strictObject({ id, offer_id: id })

export const priceList = z
  .strictObject({
    id,
    seller_id: id,
    buyer_id: id.nullable().meta({ description: 'null is the default list of the seller' }),
    buyer_name: z.string().nullable(),
    currency,
    created_at: instant,
  })
  .meta({ id: 'PriceList' })
export const priceListPage = pageOf(priceList).meta({ id: 'PriceListPage' })
export const priceListQuery = z.strictObject({ ...pageQuery })
export const createPriceList = z
  .strictObject({ buyer_id: id.nullable().default(null), currency })
  .meta({ id: 'CreatePriceList' })

export const price = z
  .strictObject({ id, price_list_id: id, offer, unit_price: unitPrice, valid_from: day, created_at: instant })
  .meta({ id: 'Price' })
export const pricePage = pageOf(price).meta({ id: 'PricePage' })
export const createPrice = z
  .strictObject({
    offer_id: id,
    unit_price: unitPrice,
    valid_from: day.optional().meta({ description: 'Today if left out' }),
  })
  .meta({ id: 'CreatePrice' })

/** A price that a seller asks of a buyer: seen by the two ends of the edge only. R-TREE-10. */
export const askedPrice = z
  .strictObject({
    offer,
    buyer_id: id,
    seller_name: z.string(),
    unit_price: unitPrice,
    valid_from: day,
  })
  .meta({ id: 'AskedPrice' })
export const askedPricePage = pageOf(askedPrice).meta({ id: 'AskedPricePage' })

export const subscription = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    offer,
    state: z.enum(['in_trial', 'active', 'ended']),
    started_on: day,
    created_at: instant,
  })
  .meta({ id: 'Subscription' })
export const subscriptionPage = pageOf(subscription).meta({ id: 'SubscriptionPage' })
export const subscriptionQuery = z.strictObject({ ...pageQuery, tenant_id: id.optional() })
export const createSubscription = z.strictObject({ tenant_id: id, offer_id: id }).meta({ id: 'CreateSubscription' })

import * as z from 'zod'
import { currency, day, id, instant, pageOf, pageQuery, unitPrice } from './common.ts'
import { codeWord, offerRef, paymentMode } from './offers.ts'

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

/** May have more digits than the currency. R-PRICE-3. */
const amount = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,8})?$/, 'must be a decimal of at most 8 digits after the point')
  .meta({ examples: ['4.10'] })

const bound = z.int().min(0).max(1_000_000_000)
export const priceTier = z
  .strictObject({
    above: bound.meta({ description: 'Quantities above this one; 0 in the first tier' }),
    up_to: bound.nullable().meta({ description: 'Up to and with this one; null in the last tier' }),
    unit_price: amount,
  })
  .meta({ id: 'PriceTier' })
export type PriceTier = z.infer<typeof priceTier>

/** How a quantity becomes an amount. R-PRICE-1: applied per edge, offer and month to the sum over all end customers below. */
export const priceRate = z
  .discriminatedUnion('model', [
    z.strictObject({ model: z.literal('per_unit'), unit_price: amount }),
    z.strictObject({ model: z.literal('flat'), amount }),
    z.strictObject({ model: z.literal('graduated'), tiers: z.array(priceTier).min(1).max(20) }),
    z.strictObject({ model: z.literal('volume'), tiers: z.array(priceTier).min(1).max(20) }),
    z.strictObject({ model: z.literal('package'), size: z.int().min(1).max(1_000_000), package_price: amount }),
  ])
  .meta({
    id: 'PriceRate',
    description:
      'per_unit: each unit; flat: one amount; graduated: each unit at the price of its tier; volume: all units at the price of the tier of ' +
      'the whole; package: whole packages of `size` units',
  })
export type PriceRate = z.infer<typeof priceRate>

const serviceType = z.enum(['all_inclusive', 'software_only'])
const dimensions = {
  term: z.string().nullable().meta({ description: 'Code of a term of the offer; null where it has none' }),
  period: paymentMode.meta({ description: 'What the price is for: a month or a year' }),
  service_type: serviceType.nullable().meta({ description: 'null is for both' }),
}
const asked = {
  ...dimensions,
  rate: priceRate,
  minimum: amount.nullable().meta({ description: 'The least that is asked for a period with any quantity' }),
  currency,
  unit_price: unitPrice.nullable().meta({ description: 'The price of a unit; null where the model has several' }),
  valid_from: day,
}
export const price = z
  .strictObject({ id, price_list_id: id, offer: offerRef, ...asked, created_at: instant })
  .meta({ id: 'Price' })
export const pricePage = pageOf(price).meta({ id: 'PricePage' })
export const createPrice = z
  .strictObject({
    offer_id: id,
    term: codeWord.nullable().default(null),
    period: paymentMode.default('monthly'),
    service_type: serviceType.nullable().default(null),
    unit_price: unitPrice.optional().meta({ description: 'Short for the rate per unit' }),
    rate: priceRate.optional(),
    minimum: amount.nullable().default(null),
    valid_from: day.optional().meta({ description: 'Today if left out' }),
  })
  .meta({ id: 'CreatePrice', description: 'Either unit_price or rate' })

/** A price that a seller asks of a buyer: seen by the two ends of the edge only. R-TREE-10. */
export const askedPrice = z
  .strictObject({ offer: offerRef, buyer_id: id, seller_name: z.string(), ...asked })
  .meta({ id: 'AskedPrice' })
export const askedPricePage = pageOf(askedPrice).meta({ id: 'AskedPricePage' })

/** An own price beside what the seller itself pays for the same. R-PRICE-1: never shown to a buyer. */
export const margin = z
  .strictObject({
    offer: offerRef,
    ...dimensions,
    quantity: z.int(),
    price: z.string().meta({ description: 'What the list asks for the quantity, in `currency`' }),
    currency,
    cost: z
      .string()
      .nullable()
      .meta({ description: 'What you pay for it; null for the vendor and where no price is asked' }),
    cost_currency: currency.nullable(),
    margin: z.string().nullable().meta({ description: 'null where cost and price are in two currencies' }),
    margin_percent: z.string().nullable().meta({ description: 'Of the price, one digit after the point' }),
  })
  .meta({ id: 'Margin' })
export const marginPage = pageOf(margin).meta({ id: 'MarginPage' })
const quantity = z.int().min(0).max(1_000_000_000)
export const marginQuery = z.strictObject({
  quantity: z.coerce.number().int().min(1).max(1_000_000_000).default(1),
  day: day.optional().meta({ description: 'Prices that hold on this day; today if left out' }),
})

/** Asks what a rate makes of some quantities; stores nothing. */
export const computeAmounts = z
  .strictObject({
    currency,
    rate: priceRate,
    minimum: amount.nullable().default(null),
    quantities: z.array(quantity).min(1).max(20),
  })
  .meta({ id: 'ComputeAmounts' })
export const priceExample = z
  .strictObject({
    quantity,
    amount: z.string().meta({ description: 'Of the parts, rounded once' }),
    parts: z.array(
      z.strictObject({
        above: z.int().nullable(),
        up_to: z.int().nullable(),
        quantity: z.string(),
        unit_price: z.string().nullable(),
        amount: z.string().meta({ description: 'Exact, before the rounding' }),
      }),
    ),
    added: z
      .array(z.strictObject({ reason: z.enum(['package', 'minimum']), amount: z.string() }))
      .meta({ description: 'What whole packages and a minimum add: lines of their own' }),
    total: z.string(),
    currency,
  })
  .meta({ id: 'PriceExample' })
export const priceExamples = z.strictObject({ examples: z.array(priceExample) }).meta({ id: 'PriceExamples' })

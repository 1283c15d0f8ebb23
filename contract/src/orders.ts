import * as z from 'zod'
import { linePricing } from './billing.ts'
import { day, id, instant, line, money, pageOf, pageQuery, unitPrice } from './common.ts'
import { codeWord, offerRef, offerTerm, paymentMode } from './offers.ts'
import { tenantRef } from './tenants.ts'

export const orderState = z.enum(['placed', 'accepted', 'payment_failed', 'withdrawn'])
export type OrderState = z.infer<typeof orderState>
export const paymentMethod = z
  .enum(['invoice', 'card'])
  .meta({ description: 'By invoice is always accepted; a card only where the seller takes cards' })
export type PaymentMethod = z.infer<typeof paymentMethod>

export const newOrderLine = z
  .strictObject({ offer_id: id, term: codeWord, quantity: z.int().min(1).max(100_000) })
  .meta({ id: 'NewOrderLine' })
export const createOrder = z
  .strictObject({
    buyer_id: id,
    company_id: id
      .nullable()
      .default(null)
      .meta({ description: 'A company below the buyer whose pool it is for; null is the own pool' }),
    lines: z.array(newOrderLine).min(1).max(20).meta({ description: 'Offers, and add-ons on lines of their own' }),
    payment_mode: paymentMode
      .optional()
      .meta({ description: 'Fixed by the first accepted order; later ones may omit it' }),
    payment_method: paymentMethod.default('invoice'),
    terms_version: z.int().min(1).optional().meta({ description: 'The terms and conditions that were acknowledged' }),
  })
  .meta({ id: 'CreateOrder' })
export type CreateOrder = z.infer<typeof createOrder>

export const orderPeriod = z
  .strictObject({
    from: day,
    to: day.meta({ description: 'The last day, included' }),
    days: z.int(),
    whole_days: z.int().meta({ description: 'Of the month or year that the price is for' }),
  })
  .meta({ id: 'OrderPeriod' })

const lineFields = {
  offer: offerRef,
  term: offerTerm,
  quantity: z.int(),
  payment_mode: paymentMode.meta({ description: 'What is charged at once: a month or a year' }),
  unit_price: unitPrice
    .nullable()
    .meta({ description: 'null where the price has several, or for whom the edge is none of' }),
  first: orderPeriod,
  periods: z.int().meta({ description: 'How many months or years are charged at once: 1, or a whole prepaid term' }),
  first_amount: money.nullable().meta({ description: 'null for whom the edge is none of' }),
}

export const previewLine = z
  .strictObject({
    ...lineFields,
    add_on_of: z.int().nullable().meta({ description: 'Index of the line that it is bought beside' }),
    pricing: linePricing
      .nullable()
      .meta({ description: 'With what else was ordered in the month; null where one price per unit is all' }),
    recurring: z
      .strictObject({
        from: day,
        until: day.nullable().meta({ description: 'null: month by month until it is cancelled' }),
        amount: money.nullable(),
      })
      .nullable()
      .meta({ description: 'What is charged for each whole month or year after the first; null where nothing is' }),
    last: z
      .strictObject({ ...orderPeriod.shape, amount: money.nullable() })
      .nullable()
      .meta({ description: 'The last period, where it is not a whole one' }),
    ends_on: day.meta({ description: 'Last day of the term' }),
    renews_on: day.meta({ description: 'It renews for the same term unless that is switched off' }),
  })
  .meta({ id: 'OrderPreviewLine' })

/** R-PRICE-1: tiers, packages and a minimum hold for all that the edge orders of an offer in a month. */
export const orderAddition = z
  .strictObject({
    offer: offerRef,
    reason: z.enum(['package', 'minimum', 'others']).meta({
      description:
        "package, minimum: what whole packages or a minimum add; others: what becomes of the price of the month's earlier orders",
    }),
    amount: money,
  })
  .meta({ id: 'OrderAddition' })
export type OrderAddition = z.infer<typeof orderAddition>

export const orderPreview = z
  .strictObject({
    buyer: tenantRef,
    company: tenantRef.nullable(),
    starts_on: day,
    payment_mode: paymentMode,
    payment_mode_fixed: z.boolean().meta({ description: 'An accepted order has fixed it' }),
    terms: z
      .strictObject({ required: z.boolean(), version: z.int().nullable().meta({ description: 'In force today' }) })
      .meta({ description: 'The terms and conditions that have to be acknowledged' }),
    card: z.strictObject({
      taken: z.boolean().meta({ description: 'The seller takes cards' }),
      last4: z.string().nullable().meta({ description: 'The card that the buyer has left' }),
    }),
    lines: z.array(previewLine),
    additions: z.array(orderAddition).meta({ description: 'What the order changes beside its lines' }),
    totals: z
      .array(money)
      .meta({ description: "What the month's invoice will hold more; empty for whom the edge is none of" }),
  })
  .meta({ id: 'OrderPreview' })
export type OrderPreview = z.infer<typeof orderPreview>

export const orderLine = z
  .strictObject({
    id,
    position: z.int(),
    ...lineFields,
    add_on_of: id.nullable().meta({ description: 'The line it was bought beside' }),
    licenses: z.int().meta({ description: 'Licenses of it that are valid or waiting' }),
  })
  .meta({ id: 'OrderLine' })

const orderFields = {
  id,
  buyer: tenantRef,
  seller_name: z.string(),
  company: tenantRef.nullable(),
  state: orderState,
  payment_mode: paymentMode,
  payment_method: paymentMethod,
  first_total: money.nullable().meta({ description: 'null for whom the edge is none of' }),
  placed_at: instant,
  accepted_at: instant.nullable(),
  withdrawn_at: instant.nullable(),
  withdrawable_until: instant
    .nullable()
    .meta({ description: 'Before this moment it may be withdrawn whole; null if it may not' }),
}
export const orderRow = z
  .strictObject({
    ...orderFields,
    direction: z.enum(['bought', 'sold']).meta({ description: 'Whether you are the buyer or the seller' }),
    offers: z.array(z.string()).meta({ description: 'Product and edition of each line' }),
    quantity: z.int(),
  })
  .meta({ id: 'OrderRow' })
export type OrderRow = z.infer<typeof orderRow>
export const orderPage = pageOf(orderRow).meta({ id: 'OrderPage' })
export const orderQuery = z.strictObject({
  ...pageQuery,
  direction: z.enum(['bought', 'sold']).optional(),
  state: orderState.optional(),
  tenant_id: id.optional().meta({ description: 'The buyer: you or one of your direct children' }),
})
export const order = z
  .strictObject({
    ...orderFields,
    ordered_by: z
      .strictObject({ id, name: z.string() })
      .nullable()
      .meta({ description: 'null where the person belongs to a tenant above you' }),
    terms_version: z.int().nullable().meta({ description: 'The terms and conditions that were acknowledged' }),
    payment_failure: z.string().nullable(),
    lines: z.array(orderLine),
    additions: z.array(orderAddition).meta({ description: 'What it changed beside its lines' }),
    version: z.int(),
  })
  .meta({ id: 'Order' })
export type Order = z.infer<typeof order>

export const paymentModeOf = z
  .strictObject({
    mode: paymentMode.nullable().meta({ description: 'null: the first accepted order will fix it' }),
    fixed_at: instant.nullable(),
    version: z.int(),
  })
  .meta({ id: 'PaymentModeOf' })
export const setPaymentMode = z
  .strictObject({ mode: paymentMode, reason: line(500) })
  .meta({ id: 'SetPaymentMode', description: 'From the next period on; periods that have begun stay' })

export const orderSettings = z
  .strictObject({
    may_order: z.boolean().meta({ description: 'Its own users may order' }),
    is_default: z.boolean().meta({ description: 'Nobody has set it: yes for partners, no for end customers' }),
  })
  .meta({ id: 'OrderSettings' })
export const setOrderSettings = z.strictObject({ may_order: z.boolean() }).meta({ id: 'SetOrderSettings' })

export const paymentCard = z
  .strictObject({
    taken: z.boolean().meta({ description: 'The seller takes cards' }),
    card: z
      .strictObject({ brand: z.string(), last4: z.string(), expires_on: z.string().meta({ description: 'YYYY-MM' }) })
      .nullable(),
  })
  .meta({ id: 'PaymentCard', description: 'The card that a buyer has left with the payment provider' })
export const paymentCardSetUp = z
  .strictObject({ url: z.url().meta({ description: "The payment provider's page where the card is entered" }) })
  .meta({ id: 'PaymentCardSetUp' })
export const received = z.strictObject({ received: z.literal(true) }).meta({ id: 'Received' })

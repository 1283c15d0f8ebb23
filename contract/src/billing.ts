import * as z from 'zod'
import { country, currency, day, id, instant, money, month, pageOf, pageQuery } from './common.ts'
import { chargeModel, holderKind, offerRef, paymentMode } from './offers.ts'
import { tenantRef } from './tenants.ts'

/** A decimal; where units are divided, rounded to six digits after the point: `division` is exact. */
const quantity = z.string().meta({ description: 'A decimal, rounded to six digits where it has more' })

/** How units are divided in the month of a move. R-BILL-9. */
export const division = z
  .strictObject({
    charged_days: z.int().meta({ description: 'Charged days in this chain' }),
    of_days: z.int().meta({ description: 'Charged days in all chains of the month' }),
    moved_on: z.array(day).meta({ description: 'Days of the moves, which belong to the new chain' }),
  })
  .meta({ id: 'Division', description: 'In the month of a move: the part of a unit that counts here' })
export type Division = z.infer<typeof division>

/** One unit of usage with its evidence. R-ACT-6. */
export const usageUnit = z
  .strictObject({
    customer: tenantRef.meta({ description: 'The end customer' }),
    site: tenantRef.nullable().meta({ description: 'Where the device stands, if at a site' }),
    offer: offerRef,
    device_id: id,
    host_name: z.string().nullable().meta({ description: 'null once erased' }),
    days: z.array(z.int().min(1).max(31)).meta({ description: 'Active days of the month' }),
    charged_days: z.array(z.int().min(1).max(31)).meta({ description: 'Active days that no trial covers' }),
    units: z.int().meta({ description: '1 if any charged day is active, else 0' }),
    quantity,
    division: division.nullable().meta({ description: 'null where nothing is divided' }),
    reason: z.enum(['standalone_device', 'trial']),
  })
  .meta({ id: 'UsageUnit' })
export type UsageUnit = z.infer<typeof usageUnit>
export const usagePage = pageOf(usageUnit).meta({ id: 'UsagePage' })
export const usageQuery = z.strictObject({
  ...pageQuery,
  month: month.optional().meta({ description: 'The running month if left out' }),
  tenant_id: id.optional().meta({ description: 'Usage of this tenant and everything below it' }),
})
export const usageTotal = z
  .strictObject({
    offer: offerRef,
    customers: z.int(),
    devices: z.int(),
    units: z.int(),
    quantity,
    trial_devices: z.int(),
  })
  .meta({ id: 'UsageTotal' })
export const usageTotalPage = pageOf(usageTotal).meta({ id: 'UsageTotalPage' })
export const usageTotalQuery = z.strictObject({ month: month.optional(), tenant_id: id.optional() })

export const billingRun = z
  .strictObject({
    id,
    month,
    state: z.enum(['running', 'done']),
    started_at: instant,
    finished_at: instant.nullable(),
    invoices_issued: z.int(),
    invoices_draft: z.int(),
  })
  .meta({ id: 'BillingRun' })
export const billingRunPage = pageOf(billingRun).meta({ id: 'BillingRunPage' })
export const billingRunQuery = z.strictObject({ ...pageQuery })
export const createBillingRun = z.strictObject({ month }).meta({ id: 'CreateBillingRun' })

export const party = z
  .strictObject({
    tenant_id: id,
    name: z.string(),
    legal_name: z.string().nullable(),
    vat_number: z.string().nullable(),
    street: z.string().nullable(),
    postal_code: z.string().nullable(),
    city: z.string().nullable(),
    country: country.nullable(),
  })
  .meta({ id: 'Party' })
export type Party = z.infer<typeof party>

export const invoiceState = z.enum(['draft', 'issued', 'paid', 'overdue', 'void'])
export const invoiceRow = z
  .strictObject({
    id,
    number: z.string().nullable().meta({ description: 'null while a draft' }),
    month,
    state: invoiceState,
    direction: z.enum(['issued', 'received']).meta({ description: 'Whether you are the seller or the buyer' }),
    seller_id: id,
    seller_name: z.string(),
    buyer_id: id,
    buyer_name: z.string(),
    total: money.nullable().meta({ description: 'null for a draft of an edge whose currency is not known yet' }),
    issued_on: day.nullable(),
    due_on: day.nullable(),
    draft_reason: z.string().nullable(),
  })
  .meta({ id: 'InvoiceRow' })
export type InvoiceRow = z.infer<typeof invoiceRow>
export const invoicePage = pageOf(invoiceRow).meta({ id: 'InvoicePage' })
export const invoiceQuery = z.strictObject({
  ...pageQuery,
  month: month.optional(),
  direction: z.enum(['issued', 'received']).optional(),
  state: invoiceState.optional(),
})

export const lineKind = z.enum(['use', 'period', 'assigned', 'package', 'minimum']).meta({
  description:
    'use: charged after use; period: ordered; assigned: days assigned below the buyer; package, minimum: what whole packages or a minimum add',
})
export type LineKind = z.infer<typeof lineKind>

/** How the sum over all customers was priced. R-PRICE-1, R-BILL-6. */
export const linePricing = z
  .strictObject({
    model: z.enum(['per_unit', 'flat', 'graduated', 'volume', 'package']),
    quantity: quantity.meta({ description: 'Of all customers of the invoice for this offer' }),
    parts: z.array(
      z.strictObject({
        above: z.int().nullable().meta({ description: 'Of a tier: quantities above this one' }),
        up_to: z.int().nullable().meta({ description: 'Of a tier: up to this one, included; null for the last' }),
        quantity,
        unit_price: z.string().nullable().meta({ description: 'null for a flat amount' }),
        amount: z.string().meta({ description: 'Exact, to eight digits' }),
      }),
    ),
    package_size: z.int().nullable(),
    minimum: z.string().nullable().meta({ description: 'The least that is asked for the offer in the month' }),
  })
  .meta({ id: 'LinePricing', description: 'How the sum over all customers was priced' })
export type LinePricing = z.infer<typeof linePricing>

/** What a line of something ordered is for. R-BILL-3, R-BILL-6. */
export const lineBasis = z
  .strictObject({
    reason: z.enum(['period', 'withdrawal', 'edition_change', 'cancellation']),
    order_id: id.nullable().meta({ description: 'null for who is no end of the edge that it was ordered on' }),
    days: z.int().meta({ description: 'Charged days, both end days counted' }),
    whole_days: z.int().meta({ description: 'Of the month or year that the price is for' }),
    periods: z.int().meta({ description: 'How many months or years are charged at once' }),
    payment_mode: paymentMode,
    priced_on: day.meta({ description: 'The price of this day holds' }),
  })
  .meta({ id: 'LineBasis', description: 'Which part of a month or year was ordered' })
export type LineBasis = z.infer<typeof lineBasis>

export const invoiceLine = z
  .strictObject({
    id,
    position: z.int(),
    kind: lineKind,
    customer_id: id.nullable().meta({ description: 'null for what a minimum or a package adds for all customers' }),
    customer_name: z.string().nullable(),
    product: z.string(),
    edition: z.string(),
    charge_model: chargeModel,
    term: z
      .string()
      .nullable()
      .meta({ description: 'Code of the term that was ordered; null for what is charged after use' }),
    from: day,
    to: day.meta({ description: 'The last day, included' }),
    quantity,
    division: z
      .strictObject({
        ...division.shape,
        quantity: z.string().meta({ description: 'The exact quantity, as 43/31' }),
        units: z.int().meta({ description: 'How many of the units are divided' }),
      })
      .meta({ id: 'LineDivision' })
      .nullable()
      .meta({ description: 'In the month of a move, where units of the line are divided' }),
    unit: z.string(),
    unit_price: z.string().nullable().meta({ description: 'null where the price has several: see pricing' }),
    pricing: linePricing.nullable().meta({ description: 'null where one price per unit is all' }),
    basis: lineBasis.nullable().meta({ description: 'Of what was ordered' }),
    amount: z.string(),
    evidence: z
      .strictObject({ units: z.int(), days: z.int() })
      .meta({ description: 'Charged units and their active days' }),
  })
  .meta({ id: 'InvoiceLine' })
export type InvoiceLine = z.infer<typeof invoiceLine>

export const invoicePayment = z
  .strictObject({ on: day, method: z.literal('card'), amount: money.meta({ description: 'Below zero for a refund' }) })
  .meta({ id: 'InvoicePayment' })

export const invoice = z
  .strictObject({
    ...invoiceRow.shape,
    seller: party,
    buyer: party,
    currency: currency.nullable(),
    lines: z.array(invoiceLine),
    subtotal: money.nullable(),
    payments: z.array(invoicePayment).meta({ description: 'What was charged to a card towards it' }),
    due: money.nullable().meta({ description: 'The total less the payments; below zero where more was paid' }),
    tax_note: z.string(),
    issued_at: instant.nullable(),
  })
  .meta({ id: 'Invoice' })
export type Invoice = z.infer<typeof invoice>

export const lineEvidence = z
  .strictObject({
    device_id: id.nullable().meta({ description: 'The device that was active, or that held the license' }),
    license_id: id.nullable().meta({ description: 'Of days assigned: the license' }),
    holder_kind: holderKind.nullable().meta({ description: 'Of days assigned: what held it' }),
    host_name: z.string().nullable().meta({ description: 'Or the name of the holder; null once erased' }),
    site_name: z.string().nullable(),
    days: z.array(z.int()),
    units: z.int(),
    quantity,
    division: division.nullable(),
    value: z
      .int()
      .nullable()
      .meta({ description: "Of a peak: the month's highest value of a charged day, in bytes or users" }),
    peak_on: day.nullable().meta({ description: 'Of a peak: the first day that had it' }),
    deleted_on: day.nullable().meta({ description: 'Of a peak: the day on which the device was deleted' }),
  })
  .meta({ id: 'LineEvidence' })
export type LineEvidence = z.infer<typeof lineEvidence>
export const lineEvidencePage = pageOf(lineEvidence).meta({ id: 'LineEvidencePage' })
export const invoiceLineParams = z.strictObject({ id, line_id: id })

export const overview = z
  .strictObject({
    tenants_by_level: z.record(z.string(), z.int()),
    devices_by_state: z.record(z.string(), z.int()),
    active_devices_this_month: z.int(),
    active_per_day: z.array(z.strictObject({ day, devices: z.int() })).meta({ description: 'The last 90 days' }),
    customers_in_trial: z.int(),
    trials: z.int().meta({ description: 'Customers, subscriptions, devices and licenses in trial' }),
    trials_ending_in_7_days: z.int(),
    open_invoices: z.array(z.strictObject({ direction: z.enum(['issued', 'received']), count: z.int(), total: money })),
  })
  .meta({ id: 'Overview' })
export const overviewQuery = z.strictObject({ tenant_id: id.optional() })

export const testClock = z
  .strictObject({ now: instant, moved: z.boolean(), frozen: z.boolean() })
  .meta({ id: 'TestClock' })
export const moveTestClock = z
  .strictObject({ to: instant, frozen: z.boolean().default(false) })
  .meta({ id: 'MoveTestClock', description: 'Forward only. What becomes due on the way is done before the answer' })

import type { InvoiceLine, LinePricing } from '../api/types.ts'
import { formatDay } from './date.ts'
import { formatCount, formatMoney, formatNumberOf, formatQuantity, formatUnitPrice } from './money.ts'

const models: Record<LinePricing['model'], string> = {
  per_unit: 'Per unit',
  flat: 'Flat',
  graduated: 'Tiers',
  volume: 'Volume',
  package: 'Packages',
}

/** What a minimum or whole packages add stands for all customers. R-PRICE-1. */
export const isAddition = ({ kind }: Pick<InvoiceLine, 'kind'>) => kind === 'package' || kind === 'minimum'

/** The price of a unit, or how the price is made where it has several. */
export function formatLinePrice(line: InvoiceLine, currency: string): string {
  if (line.unit_price !== null) return formatUnitPrice({ amount: line.unit_price, currency })
  return line.pricing === null || isAddition(line) ? '' : models[line.pricing.model]
}

/** "11 in all customers: 10 at €4.00, 1 at €3.00": tiers hold for the sum. */
export function formatPricing({ model, quantity, parts }: LinePricing, currency: string): string | null {
  if (model === 'per_unit') return null
  const at = parts.map((part) =>
    part.unit_price === null
      ? formatUnitPrice({ amount: part.amount, currency })
      : `${formatQuantity(part.quantity)} at ${formatUnitPrice({ amount: part.unit_price, currency })}`,
  )
  const [only] = parts
  const how =
    parts.length === 1 && only?.unit_price
      ? ` at ${formatUnitPrice({ amount: only.unit_price, currency })}`
      : `: ${at.join(', ')}`
  return `${models[model]}, ${formatQuantity(quantity)} in all${how}`
}

/** What an order changes beside its lines. */
export const additionNames = {
  package: 'To whole packages',
  minimum: 'To the minimum of the month',
  others: "What becomes of the month's earlier orders",
}

const reasons = {
  period: null,
  withdrawal: 'Order withdrawn',
  edition_change: 'Edition changed',
  cancellation: 'Cancelled',
}

/** What is behind a line, in the words under its offer. R-BILL-6. */
export function describeLine(line: InvoiceLine, currency: string): string[] {
  const { kind, basis, pricing, evidence } = line
  if (kind === 'package') return [`To whole packages of ${formatCount(pricing?.package_size ?? 1)}`]
  if (kind === 'minimum') return [`To the minimum of ${formatMoney({ amount: pricing?.minimum ?? '0', currency })}`]
  const tiers = pricing === null ? null : formatPricing(pricing, currency)
  return [
    ...(basis === null ? [describeEvidence(line.charge_model, kind, evidence)] : describeBasis(basis)),
    ...(tiers === null ? [] : [tiers]),
  ]
}

function describeEvidence(model: string, kind: InvoiceLine['kind'], { units, days }: InvoiceLine['evidence']): string {
  if (kind === 'assigned') return `${formatNumberOf(units, 'license')}, ${formatNumberOf(days, 'assigned day')}`
  if (model === 'peak') return `${formatNumberOf(units, 'device')}, at its highest of the month`
  return `${formatNumberOf(units, 'unit')}, ${formatNumberOf(days, 'active day')}`
}

function describeBasis({
  reason,
  days,
  whole_days,
  periods,
  payment_mode,
  priced_on,
}: NonNullable<InvoiceLine['basis']>): string[] {
  const unit = payment_mode === 'annual' ? 'year' : 'month'
  const part = days < whole_days && periods === 1 ? `${days} of ${whole_days} days` : formatNumberOf(periods, unit)
  const why = reasons[reason]
  return [...(why === null ? [] : [why]), `${part}, at the price of ${formatDay(priced_on)}`]
}

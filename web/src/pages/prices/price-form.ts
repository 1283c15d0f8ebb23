import type { CreatePrice, Offer, Price, PriceRate } from '../../api/types.ts'
import { isOrdered } from '../../format/offer.ts'

export type TierForm = { up_to: string; unit_price: string }
/** Prices stay text from the field to the server: no float ever holds them. R-PRICE-3. */
export type PriceForm = {
  offer_id: string | null
  term: string | null
  period: Price['period']
  service_type: NonNullable<Price['service_type']> | 'both'
  model: PriceRate['model']
  amount: string
  size: string
  tiers: TierForm[]
  minimum: string
  valid_from: string
}

const decimalText = /^[0-9]{1,9}(\.[0-9]{1,8})?$/
const wholeText = /^[1-9][0-9]{0,8}$/
export const isDecimal = (text: string) => decimalText.test(text.trim())

export const emptyPrice = (today: string): PriceForm => ({
  offer_id: null,
  term: null,
  period: 'monthly',
  service_type: 'both',
  model: 'per_unit',
  amount: '',
  size: '10',
  tiers: [
    { up_to: '50', unit_price: '' },
    { up_to: '', unit_price: '' },
  ],
  minimum: '',
  valid_from: today,
})

/** The same as an earlier price, to change it from a day on. */
export function fromPrice(price: Price, today: string): PriceForm {
  const { rate } = price
  return {
    ...emptyPrice(today),
    offer_id: price.offer.id,
    term: price.term,
    period: price.period,
    service_type: price.service_type ?? 'both',
    model: rate.model,
    amount: amountOf(rate),
    ...(rate.model === 'package' && { size: String(rate.size) }),
    ...('tiers' in rate && {
      tiers: rate.tiers.map(({ up_to, unit_price }) => ({ up_to: up_to === null ? '' : String(up_to), unit_price })),
    }),
    minimum: price.minimum ?? '',
  }
}

function amountOf(rate: PriceRate): string {
  if (rate.model === 'per_unit') return rate.unit_price
  if (rate.model === 'flat') return rate.amount
  return rate.model === 'package' ? rate.package_price : ''
}

/** The rate that the form says, or null while it is not whole. Tiers begin where the one before ends, so no hole can be written. */
export function toRate(form: PriceForm): PriceRate | null {
  const amount = form.amount.trim()
  if (form.model === 'graduated' || form.model === 'volume') {
    const tiers = toTiers(form.tiers)
    return tiers && { model: form.model, tiers }
  }
  if (!isDecimal(amount)) return null
  if (form.model === 'per_unit') return { model: 'per_unit', unit_price: amount }
  if (form.model === 'flat') return { model: 'flat', amount }
  return wholeText.test(form.size.trim()) ? { model: 'package', size: Number(form.size), package_price: amount } : null
}

function toTiers(rows: readonly TierForm[]) {
  const tiers = []
  let above = 0
  for (const [index, { up_to, unit_price }] of rows.entries()) {
    const isLast = index === rows.length - 1
    if (!isDecimal(unit_price) || !(isLast || isAbove(up_to, above))) return null
    const end = isLast ? null : Number(up_to)
    tiers.push({ above, up_to: end, unit_price: unit_price.trim() })
    above = end ?? above
  }
  return tiers
}

export const isAbove = (text: string, above: number) => wholeText.test(text.trim()) && Number(text) > above

export function toPrice(form: PriceForm, offer: Offer): CreatePrice | null {
  const rate = toRate(form)
  if (rate === null) return null
  return {
    offer_id: offer.id,
    rate,
    ...(isOrdered(offer) && { term: form.term, period: form.period }),
    ...(form.service_type !== 'both' && { service_type: form.service_type }),
    ...(form.minimum.trim() !== '' && { minimum: form.minimum.trim() }),
    valid_from: form.valid_from || undefined,
  }
}

/** Quantities that show what the rate does: at and after each bound, and some in between. */
export function exampleQuantities(rate: PriceRate): number[] {
  if (rate.model === 'package') return [1, rate.size, rate.size + 1, rate.size * 3, rate.size * 10]
  if (!('tiers' in rate)) return [1, 10, 50, 100, 500]
  const bounds = rate.tiers.flatMap(({ up_to }) => (up_to === null ? [] : [up_to, up_to + 1]))
  const last = rate.tiers.at(-1)!.above
  return [...new Set([1, ...bounds, Math.max(10, last * 2)])].slice(0, 10)
}

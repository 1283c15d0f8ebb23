import type { PriceRate } from '../api/types.ts'
import { formatCount, formatUnitPrice } from './money.ts'

export const rateNames: Record<PriceRate['model'], string> = {
  per_unit: 'Per unit',
  flat: 'Flat',
  graduated: 'Graduated',
  volume: 'Volume',
  package: 'Package',
}

/** What a model does, in a sentence. */
export const rateNotes: Record<PriceRate['model'], string> = {
  per_unit: 'Each unit costs the same.',
  flat: 'One amount, however many there are.',
  graduated: 'Each unit costs what its tier says: the first units stay as dear as they are.',
  volume: 'All units cost what the tier of the whole quantity says.',
  package: 'Whole packages are sold; one more unit begins another package.',
}

/** "€4.10", "€5.00 to €4.00, 3 tiers", "€20.00 for 5". */
export function rateText(rate: PriceRate, currency: string): string {
  const price = (amount: string) => formatUnitPrice({ amount, currency })
  if (rate.model === 'per_unit') return price(rate.unit_price)
  if (rate.model === 'flat') return `${price(rate.amount)} flat`
  if (rate.model === 'package') return `${price(rate.package_price)} for ${formatCount(rate.size)}`
  const [first, last] = [rate.tiers[0]!, rate.tiers.at(-1)!]
  if (rate.tiers.length === 1) return price(first.unit_price)
  return `${price(first.unit_price)} to ${price(last.unit_price)}`
}

/** "1 to 50", "51 to 250", "251 and more". */
export const tierText = ({ above, up_to }: { above: number | null; up_to: number | null }) => {
  const first = formatCount((above ?? 0) + 1)
  return up_to === null ? `${first} and more` : `${first} to ${formatCount(up_to)}`
}

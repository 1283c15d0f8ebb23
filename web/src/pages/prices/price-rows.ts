import type { Margin, Price } from '../../api/types.ts'
import { offerName } from '../../format/offer.ts'
import { serviceTypeNames } from '../../format/word.ts'

/** All that a list asks for one thing: the price that holds today, those to come, and those that were. */
export type PriceRow = {
  key: string
  name: string
  what: string
  current: Price | null
  next: Price | null
  dated: Price[]
  margin: Margin | null
}
export type PriceGroup = { product: string; rows: PriceRow[] }

type Key = Pick<Price, 'offer' | 'term' | 'period' | 'service_type'>
const keyOf = ({ offer, term, period, service_type }: Key) => [offer.id, term, period, service_type].join(' ')

/** "3 years, paid monthly" for what is sold by term; nothing for what is billed after use. */
export function whatFor({ term, period, service_type }: Omit<Key, 'offer'>, termName: string | null): string {
  const paid = term === null ? [] : [termName ?? term, period === 'annual' ? 'paid annually' : 'paid monthly']
  return [...paid, ...(service_type === null ? [] : [serviceTypeNames[service_type]])].join(', ')
}

/** The prices of a list by product, each thing once, in the order of the catalog. */
export function toGroups(
  prices: readonly Price[],
  margins: readonly Margin[],
  today: string,
  termOf: (offerId: string, code: string | null) => { name: string; months: number } | undefined,
): PriceGroup[] {
  const marginOf = new Map(margins.map((margin) => [keyOf(margin), margin]))
  const rows = [...Map.groupBy(prices, keyOf)].map(([key, unsorted]) => {
    const dated = unsorted.toSorted((left, right) => right.valid_from.localeCompare(left.valid_from))
    const any = dated[0]!
    const term = termOf(any.offer.id, any.term)
    const row: PriceRow = {
      key,
      name: any.offer.edition,
      what: whatFor(any, term?.name ?? null),
      current: dated.find(({ valid_from }) => valid_from <= today) ?? null,
      next: dated.findLast(({ valid_from }) => valid_from > today) ?? null,
      dated,
      margin: marginOf.get(key) ?? null,
    }
    return { ...row, offer: any.offer, months: term?.months ?? 0, period: any.period }
  })
  const sorted = rows.toSorted(
    (left, right) =>
      left.offer.rank - right.offer.rank ||
      offerName(left.offer).localeCompare(offerName(right.offer), 'en') ||
      left.months - right.months ||
      right.period.localeCompare(left.period) ||
      left.key.localeCompare(right.key),
  )
  return [...Map.groupBy(sorted, ({ offer }) => offer.product)]
    .map(([product, group]) => ({ product, rows: group }))
    .toSorted((left, right) => left.product.localeCompare(right.product, 'en'))
}

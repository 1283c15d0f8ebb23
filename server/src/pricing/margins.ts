import type { computeAmounts, margin, priceExample } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { type OfferRef, offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import * as fractions from '../kernel/fraction.ts'
import { type Fraction, toFraction } from '../kernel/fraction.ts'
import { toAmountText } from '../kernel/money.ts'
import type { Page } from '../kernel/page.ts'
import { dayOf } from '../kernel/time.ts'
import { type Database, isEnd } from '../platform/database.ts'
import { decideCurrency, decideRate, type PriceKey } from './domain.ts'
import { toDimensions } from './queries.ts'
import { type Asking, ratePrice } from './rating.ts'
import { getList, type RateColumns, toRate } from './repository.ts'

type Margin = z.infer<typeof margin>
type MarginRow = PriceKey & {
  offer: OfferRef
  own: RateColumns
  cost: (RateColumns & { currency: string }) | null
}

const digits = 8

/**
 * The prices of an own list that hold on a day, beside what the seller itself is asked for the same. R-PRICE-1: a buyer reads no list,
 * so it never sees this. Throws not_found.
 */
export const listMargins = (
  db: Database,
  call: CallContext,
  listId: string,
  query: { quantity: number; day?: string | undefined },
): Promise<Page<Margin>> =>
  db.transaction(call, async (tx) => {
    const list = await getList(tx, listId)
    const day = query.day ?? dayOf(call.now).toString()
    const { rows } = await sql<MarginRow>`
      with own as (
        select distinct on (p.offer_id, p.term, p.period, p.service_type) p.* from prices p
        where p.realm_id = ${list.realm_id} and p.price_list_id = ${list.id} and p.valid_from <= ${day}::date and ${isEnd(call.scope, 'p')}
        order by p.offer_id, p.term, p.period, p.service_type, p.valid_from desc)
      select ${offerJson} as offer, p.term, p.period, p.service_type, to_jsonb(p) || ${rateJson('p')} as own, (
        select to_jsonb(a) || ${rateJson('a')} from asked_prices a
        where a.path = ${list.path} and a.offer_id = p.offer_id and a.term = p.term and a.period = p.period
          and a.service_type in ('', p.service_type) and a.valid_from <= ${day}::date and ${isEnd(call.scope, 'a')}
        order by a.service_type desc, a.valid_from desc limit 1) as cost
      from own p join offers o on o.id = p.offer_id
      order by o.product_key, o.rank, o.id, p.term, p.period, p.service_type`.execute(tx.tables())
    return { data: rows.map((row) => toMargin(row, list.currency, query.quantity)), next: null }
  })

/** Amounts as text: a number of JSON would lose their digits. */
const rateJson = (alias: string) => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`jsonb_build_object('unit_price', ${column('unit_price')}::text, 'amount', ${column('amount')}::text, 'minimum', ${column('minimum')}::text)`
}

const toAsking = (row: RateColumns, currency: string): Asking => ({ rate: toRate(row), minimum: row.minimum, currency })

/** Exact where no minimum or package rounds: a unit price may have more digits than the currency. */
function toExact(asking: Asking, quantity: number): Fraction {
  const { exact, added, total } = ratePrice(asking, toFraction(BigInt(quantity)))
  return added.length === 0 ? exact : fractions.fromText(toAmountText(total))
}

function toMargin(row: MarginRow, currency: string, quantity: number): Margin {
  const price = toExact(toAsking(row.own, currency), quantity)
  const cost = row.cost === null ? null : toExact(toAsking(row.cost, row.cost.currency), quantity)
  const isComparable = cost !== null && row.cost?.currency === currency
  const difference = isComparable ? fractions.subtract(price, cost) : null
  return {
    offer: row.offer,
    ...toDimensions(row),
    quantity,
    price: fractions.toDecimalText(price, digits),
    currency,
    cost: cost === null ? null : fractions.toDecimalText(cost, digits),
    cost_currency: row.cost?.currency ?? null,
    margin: difference === null ? null : fractions.toDecimalText(difference, digits),
    margin_percent: difference === null ? null : toPercent(difference, price),
  }
}

/** Of the price; nothing is a part of nothing. */
const toPercent = (part: Fraction, whole: Fraction): string | null =>
  whole.numerator === 0n
    ? null
    : fractions.toDecimalText(fractions.multiply(fractions.divide(part, whole), toFraction(100n)), 1)

type Example = z.infer<typeof priceExample>

/** What a rate asks for some quantities, with the rows that explain it: for who writes a price. Throws tiers_invalid, invalid_request. */
export function computeExamples(input: z.infer<typeof computeAmounts>): { examples: Example[] } {
  const currency = decideCurrency(input.currency)
  const { rate, minimum } = decideRate({ currency }, { ...input, term: null, period: 'monthly', service_type: null })
  return { examples: input.quantities.map((quantity) => toExample({ rate, minimum, currency }, quantity)) }
}

function toExample(asking: Asking, quantity: number): Example {
  const rating = ratePrice(asking, toFraction(BigInt(quantity)))
  return {
    quantity,
    amount: toAmountText(rating.amount),
    parts: rating.parts.map((part) => ({
      above: part.above,
      up_to: part.upTo,
      quantity: fractions.toDecimalText(part.quantity, digits),
      unit_price: part.unitPrice,
      amount: fractions.toDecimalText(part.amount, digits),
    })),
    added: rating.added.map(({ reason, amount }) => ({ reason, amount: toAmountText(amount) })),
    total: toAmountText(rating.total),
    currency: asking.currency,
  }
}

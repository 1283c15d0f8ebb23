import { lastDay, toMonth } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import * as pricing from '../../pricing/index.ts'
import { type AssignedFact, type Charge, type PeriodFact, rateAssigned, ratePeriod } from './domain.ts'
import { listAssigned, listPeriods } from './repository.ts'

export type ChargeEdge = { sellerId: string; buyerId: string; places: readonly string[] }
export type Charges = { charges: Charge[]; unpriced: { product: string; edition: string }[] }

/**
 * What a month's invoice of an edge holds of orders: each period that begins in the month, whole, and of what buyers above the edge have ordered the
 * days that were assigned below it; priced by the edge's own prices. `month` is its first day. R-BILL-1, R-BILL-2.
 */
export async function listCharges(tx: Transaction, edge: ChargeEdge, month: string): Promise<Charges> {
  const found: Charges = { charges: [], unpriced: [] }
  for (const fact of await listPeriods(tx, edge.places, month)) await addPeriod(tx, edge, fact, found)
  const assigned = await listAssigned(tx, edge.places, month)
  for (const facts of Map.groupBy(assigned, ({ offer_id, term }) => `${offer_id} ${term}`).values())
    await addAssigned(tx, edge, facts, { month, found })
  return found
}

async function addPeriod(tx: Transaction, edge: ChargeEdge, fact: PeriodFact, found: Charges): Promise<void> {
  const { offer_id: offerId, term, payment_mode: period, priced_on: day } = fact
  const asked = await pricing.findRateOn(tx, edge, { offerId, term, period, day })
  if (asked === null) found.unpriced.push(fact)
  else found.charges.push(ratePeriod(fact, asked))
}

/** The price of the month's first day, or the first that began in the month. R-PRICE-2. */
async function addAssigned(
  tx: Transaction,
  edge: ChargeEdge,
  facts: readonly AssignedFact[],
  { month, found }: { month: string; found: Charges },
): Promise<void> {
  const [fact] = facts
  if (fact === undefined) return
  const to = lastDay(toMonth(month.slice(0, 7)))
  const key = { offerId: fact.offer_id, term: fact.term, period: 'monthly' as const }
  const asked =
    (await pricing.findRateOn(tx, edge, { ...key, day: month })) ??
    (await pricing.findRateOn(tx, edge, { ...key, day: to.toString() }))
  if (asked === null) found.unpriced.push(fact)
  else found.charges.push(...rateAssigned(facts, asked, { from: month, to: to.toString(), days: to.day }))
}

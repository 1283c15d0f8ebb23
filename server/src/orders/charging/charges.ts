import { lastDay, toMonth } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import * as pricing from '../../pricing/index.ts'
import { type Ask, askOnce } from './ask-once.ts'
import {
  type AssignedFact,
  type Charge,
  keyOf,
  type PeriodFact,
  type RatedMonth,
  rateAssigned,
  rateMonth,
  toAddedCharges,
  toAddedCredits,
  toPeriodCharge,
  withDays,
} from './domain.ts'
import { listAssigned, listPeriods, listRoots } from './repository.ts'

export type ChargeEdge = { sellerId: string; buyerId: string; places: readonly string[] }
export type Charges = { charges: Charge[]; unpriced: { product: string; edition: string }[] }

/**
 * What a month's invoice of an edge holds of orders: each period that begins in the month, whole, and of what buyers above the edge have ordered the
 * days that were assigned below it; priced by the edge's own prices. `month` is its first day. R-BILL-1, R-BILL-2.
 */
export async function listCharges(tx: Transaction, edge: ChargeEdge, month: string): Promise<Charges> {
  const { periods, unpriced } = await chargePeriodsOf(tx, edge, month)
  const found: Charges = { charges: periods, unpriced }
  const assigned = await listAssigned(tx, edge.places, month)
  for (const facts of Map.groupBy(assigned, ({ offer_id, term }) => `${offer_id} ${term}`).values())
    await addAssigned(tx, edge, facts, { month, found })
  return found
}

const spanOf = (month: string) => ({ from: month, to: lastDay(toMonth(month.slice(0, 7))).toString() })

type Group = { facts: readonly PeriodFact[]; rated: RatedMonth }

/** A credit is priced where it began: what all of that month came to. R-BUY-3, R-LIC-8. */
async function chargePeriodsOf(tx: Transaction, edge: ChargeEdge, month: string) {
  const billed = await listPeriods(tx, edge.places, month)
  const ask = askOnce(({ offer_id: offerId, term, payment_mode: period, priced_on: day }) =>
    pricing.findRateOn(tx, edge, { offerId, term, period, day }),
  )
  const groups = await rateGroups(tx, edge, { billed, month, ask })
  const periods: Charge[] = []
  const unpriced: PeriodFact[] = []
  const withdrawn = new Map<string, Set<string>>()
  for (const fact of billed) {
    const key = keyOf(fact, await ask(fact))
    const group = groups.get(key)
    if (group === undefined) unpriced.push(fact)
    else periods.push(toPeriodCharge(fact, group.rated, edge.buyerId))
    if (fact.reason === 'withdrawal') withdrawn.set(key, (withdrawn.get(key) ?? new Set()).add(fact.root_id))
  }
  for (const [key, group] of groups) periods.push(...addedBy(group, month, withdrawn.get(key) ?? new Set()))
  return { periods, unpriced }
}

async function rateGroups(
  tx: Transaction,
  edge: ChargeEdge,
  { billed, month, ask }: { billed: readonly PeriodFact[]; month: string; ask: Ask },
): Promise<Map<string, Group>> {
  const months = [...new Set([month, ...billed.map((fact) => fact.rated_month)])]
  const roots = billed.length === 0 ? [] : await listRoots(tx, edge.places, months)
  const groups = new Map<string, Group>()
  for (const [key, facts] of await groupByPrice(roots, ask)) {
    const asked = await ask(facts[0]!)
    if (asked !== null) groups.set(key, { facts, rated: rateMonth(facts, asked) })
  }
  return groups
}

/** What packages and a minimum add in the month of the periods; in a later one, what its withdrawals take back of that. */
function addedBy({ facts, rated }: Group, month: string, withdrawn: ReadonlySet<string>): Charge[] {
  const span = spanOf(month)
  if (facts[0]?.rated_month === month) return withDays(toAddedCharges(facts[0], rated), span)
  const rest = facts.filter(({ id }) => !withdrawn.has(id))
  return withDays(toAddedCredits(rated, rateMonth(rest, rated.asking)), span)
}

async function groupByPrice(facts: readonly PeriodFact[], ask: Ask): Promise<Map<string, PeriodFact[]>> {
  const groups = new Map<string, PeriodFact[]>()
  for (const fact of facts) {
    const key = keyOf(fact, await ask(fact))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [fact])
    else group.push(fact)
  }
  return groups
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
  const { from, to } = spanOf(month)
  const key = { offerId: fact.offer_id, term: fact.term, period: 'monthly' as const }
  const asked =
    (await pricing.findRateOn(tx, edge, { ...key, day: from })) ??
    (await pricing.findRateOn(tx, edge, { ...key, day: to }))
  if (asked === null) found.unpriced.push(fact)
  else found.charges.push(...rateAssigned(facts, asked, { from, to, days: Number(to.slice(8)) }))
}

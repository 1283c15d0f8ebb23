import type { CallContext } from '../../kernel/context.ts'
import { dayOf, firstDay, Temporal, toDay, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { newId } from '../../platform/ids.ts'
import { firstPeriod, modeOf, nextTerm, type Period, periodFrom } from './domain.ts'
import {
  addPeriod,
  type ChargedLine,
  type ChargedPeriodRecord,
  countValid,
  listRealms,
  listUncharged,
} from './repository.ts'

/**
 * Writes down each period of a license that begins: quantities and days, no prices. What a stop of the server has left out is made up for, in
 * order; run twice, or killed and run again, each period stands there once. R-BILL-3, R-BILL-5.
 */
export const chargePeriods = (db: Database): DueTask => ({
  name: 'orders.periods',
  async run(call) {
    for (const realmId of await db.work(call, listRealms))
      await db.work(call, async (tx) => {
        const today = dayOf(call.now)
        for (const line of await listUncharged(tx, realmId, today.toString())) await chargeLine(tx, call, line)
      })
  },
})

async function chargeLine(tx: Transaction, call: CallContext, line: ChargedLine): Promise<void> {
  const today = dayOf(call.now)
  const end = toDay(line.ends_on)
  let from = toDay(line.charged_to).add({ days: 1 })
  while (Temporal.PlainDate.compare(from, today) <= 0 && Temporal.PlainDate.compare(from, end) <= 0) {
    const next = nextPeriod(line, from)
    const quantity = await countValid(tx, line, from.toString())
    if (quantity > 0) await addPeriod(tx, toRow(call, line, { ...next, quantity }))
    from = next.period.to.add({ days: 1 })
  }
}

export type Next = { period: Period; periods: number; pricedOn: string }

/** The period that begins on a day, in the term that the day stands in: at the price of the term's start. R-PRICE-2, R-LIC-5. */
export function nextPeriod(line: ChargedLine, from: Temporal.PlainDate): Next {
  const charge = { chargeModel: line.charge_model, months: line.months, mode: modeOf(line, line.mode) }
  const start = toDay(line.starts_on)
  const term = nextTerm(charge, { start, endsOn: from.subtract({ days: 1 }) })
  const isNewTerm = term.startsOn.equals(from)
  const { period, periods } = isNewTerm
    ? firstPeriod(charge, term)
    : { period: periodFrom(from, { mode: charge.mode, anchor: start, until: term.endsOn }), periods: 1 }
  const termStart = term.startsOn.toString()
  // An edition that was changed inside the term keeps the price of that day.
  return { period, periods, pricedOn: line.priced_on > termStart ? line.priced_on : termStart }
}

export const toRow = (
  call: CallContext,
  line: ChargedLine,
  { period, periods, pricedOn, quantity }: Next & { quantity: number },
): ChargedPeriodRecord => ({
  realm_id: line.realm_id,
  id: newId(),
  path: line.path,
  buyer_id: line.buyer_id,
  company_id: line.company_id,
  order_id: line.order_id,
  order_line_id: line.order_line_id,
  chain: line.path,
  bill_month: firstDay(period.from.toPlainYearMonth()).toString(),
  offer_id: line.offer_id,
  term: line.term,
  payment_mode: modeOf(line, line.mode),
  periods,
  from_day: period.from.toString(),
  to_day: period.to.toString(),
  whole_from: period.wholeFrom.toString(),
  whole_to: period.wholeTo.toString(),
  priced_on: pricedOn,
  quantity,
  reason: 'period' as const,
  credit_of: null,
  created_at: toInstantText(call.now),
})

import type { CreateOrder, OrderPreview } from '@tenantree/contract'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { multiply, toFraction } from '../kernel/fraction.ts'
import { toMoneyJson } from '../kernel/money.ts'
import { dayOf } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { explainRating, roundToMoney, unitPriceOf } from '../pricing/index.ts'
import type { TenantRecord } from '../tenants/index.ts'
import { toAdditionJson } from './domain.ts'
import { findCard } from './payment/cards-repository.ts'
import type { Payments } from './payment/port.ts'
import { daysOf, isMonthToMonth, type Period, partOf, periodsOf } from './periods/domain.ts'
import { type OrderPlan, type PricedLine, planOrder } from './plan.ts'

type PreviewLine = OrderPreview['lines'][number]

export const toTenantRef = ({ id, name, level }: Pick<TenantRecord, 'id' | 'name' | 'level'>) => ({ id, name, level })

export const toOrderPeriod = ({ from, to, wholeFrom, wholeTo }: Period) => ({
  from: from.toString(),
  to: to.toString(),
  days: daysOf(from, to),
  whole_days: daysOf(wholeFrom, wholeTo),
})

/** What an order would say and cost, to the cent, without placing it. R-BUY-3. Throws what planOrder throws. */
export const previewOrder = (
  db: Database,
  call: CallContext,
  payments: Payments,
  input: CreateOrder,
): Promise<OrderPreview> =>
  db.transaction(call, async (tx) => {
    const plan = await planOrder(tx, call, input)
    const card = plan.isOwnEdge ? await findCard(tx, plan.buyer) : null
    return {
      buyer: toTenantRef(plan.buyer),
      company: plan.company === null ? null : toTenantRef(plan.company),
      starts_on: dayOf(call.now).toString(),
      payment_mode: plan.mode,
      payment_mode_fixed: plan.isModeFixed,
      terms: { required: plan.terms.required, version: plan.terms.inForce },
      card: { taken: payments.takesCards(plan.sellerPath), last4: card?.last4 ?? null },
      lines: plan.lines.map((line) => toPreviewLine(line, plan)),
      additions: plan.isOwnEdge ? plan.additions.map((addition) => toAdditionJson(addition, offerOf(plan))) : [],
      totals: plan.isOwnEdge ? [toMoneyJson(plan.total)] : [],
    }
  })

function toPreviewLine(line: PricedLine, { isOwnEdge }: OrderPlan): PreviewLine {
  const { offer, term, quantity, quote, dates, first } = line
  const { currency } = quote.asked
  const unitPrice = unitPriceOf(quote.asked)
  const shown = <T>(value: T): T | null => (isOwnEdge ? value : null)
  return {
    offer: catalog.toOfferRef(offer),
    term,
    quantity,
    payment_mode: line.mode,
    unit_price: unitPrice === null ? null : shown({ amount: unitPrice, currency }),
    first: toOrderPeriod(first.period),
    periods: first.periods,
    first_amount: shown(toMoneyJson(quote.amount)),
    pricing: shown(explainRating(quote.asked, quote.rated.rating)),
    add_on_of: line.addOnOf,
    ...toLater(line, shown),
    ends_on: dates.endsOn.toString(),
    renews_on: dates.endsOn.add({ days: 1 }).toString(),
  }
}

const offerOf =
  ({ lines }: OrderPlan) =>
  (offerId: string) =>
    catalog.toOfferRef(lines.find(({ offer }) => offer.id === offerId)!.offer)

/** What follows the first period: whole months or years, and the last one where it is cut. R-BILL-3. */
function toLater(line: PricedLine, shown: <T>(value: T) => T | null): Pick<PreviewLine, 'recurring' | 'last'> {
  const { quote, quantity, dates, first, mode, offer, term } = line
  const next = first.period.to.add({ days: 1 })
  const price = multiply(quote.rated.rating.unit, toFraction(BigInt(quantity)))
  const whole = shown(toMoneyJson(roundToMoney(price, quote.asked.currency)))
  if (offer.charge_model === 'prepaid') return { recurring: null, last: null }
  if (isMonthToMonth({ chargeModel: offer.charge_model, months: term.months }))
    return { recurring: { from: next.toString(), until: null, amount: whole }, last: null }
  const later = periodsOf({ mode, from: next, anchor: dates.startsOn, until: dates.endsOn })
  const end = later.at(-1)
  const isCut = end !== undefined && !end.to.equals(end.wholeTo)
  const full = isCut ? later.slice(0, -1) : later
  return {
    recurring: full.length === 0 ? null : { from: next.toString(), until: full.at(-1)!.to.toString(), amount: whole },
    last: isCut
      ? {
          ...toOrderPeriod(end),
          amount: shown(
            toMoneyJson(roundToMoney(multiply(price, partOf({ period: end, periods: 1 })), quote.asked.currency)),
          ),
        }
      : null,
  }
}

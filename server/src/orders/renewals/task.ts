import type { CallContext } from '../../kernel/context.ts'
import { dayOf, toDay, toInstantText } from '../../kernel/time.ts'
import * as licenses from '../../licenses/index.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { newId } from '../../platform/ids.ts'
import { type RateFact, toRateFact } from '../charging/domain.ts'
import { quotePeriods } from '../charging/quote.ts'
import { addRenewalCharge, listRenewalCharges } from '../payment/charges-repository.ts'
import type { Payments } from '../payment/port.ts'
import { runCharge } from '../payment/settle.ts'
import { isMonthToMonth, modeOf, nextTerm } from '../periods/domain.ts'
import { addPeriod, insertPeriods } from '../periods/repository.ts'
import { type Next, nextPeriod, toRow } from '../periods/task.ts'
import { findOrder, isClosed } from '../repository.ts'
import { decideStep, firstAttemptDaysBefore, nextAttemptOn, type RenewalStep } from './domain.ts'
import { tell } from './mails.ts'
import { type EndingGroup, listEnding, lockGroup } from './repository.ts'

const expiringDaysBefore = 7

/**
 * Renews what ends and renews: by invoice on the day, by card when one of three charges has succeeded; a failed one exchanges or expires.
 * Each group of a line is a transaction of its own. R-LIC-5. Run before the expiry of licenses and before their periods are charged.
 */
export const renewals = (db: Database, payments: Payments): DueTask => ({
  name: 'orders.renewals',
  async run(call) {
    const today = dayOf(call.now)
    // What renews month by month after a stop of the server is renewed as often as months have gone by.
    for (let isDone = false; !isDone; ) {
      const until = today.add({ days: firstAttemptDaysBefore }).toString()
      const groups = await db.work(call, (tx) => listEnding(tx, { autoRenew: true, until }))
      let moved = 0
      for (const group of groups) moved += await renewGroup(db, call, payments, group)
      isDone = moved === 0
    }
    await tellExpiring(db, call)
  },
})

/** Answers 1 where the group has left its last day behind, 0 where it waits. */
async function renewGroup(db: Database, call: CallContext, payments: Payments, group: EndingGroup): Promise<number> {
  const step = await db.work(call, (tx) => readStep(tx, call, group))
  if (step.step === 'wait') return 0
  if (step.step === 'charge') {
    const chargeId = await db.work(call, (tx) => requestCharge(tx, call, group, step.attempt))
    if (chargeId !== null) await runCharge(db, call, payments, chargeId)
    await db.work(call, (tx) => tellFailure(tx, call, group, step.attempt))
    const after = await db.work(call, (tx) => readStep(tx, call, group))
    return after.step === 'renew' || after.step === 'expire' ? renewGroup(db, call, payments, group) : 0
  }
  return db.work(call, (tx) => endTerm(tx, call, group, step.step === 'renew'))
}

async function readStep(tx: Transaction, call: CallContext, group: EndingGroup): Promise<RenewalStep> {
  const endsOn = toDay(group.ends_on)
  const today = dayOf(call.now)
  const isDay = endsOn.until(today, { largestUnit: 'day' }).days > 0
  // What was inactivated is charged to the end of its term and does not renew. R-TREE-7.
  if (await isClosed(tx, group.path)) return { step: isDay ? 'expire' : 'wait' }
  if (group.payment_method === 'invoice') return { step: isDay ? 'renew' : 'wait' }
  return decideStep(await listRenewalCharges(tx, keyOf(group)), { endsOn, today })
}

const keyOf = (group: EndingGroup) => ({
  realmId: group.realm_id,
  orderLineId: group.order_line_id,
  offerId: group.offer_id,
  fromDay: toDay(group.ends_on).add({ days: 1 }).toString(),
})

async function requestCharge(
  tx: Transaction,
  call: CallContext,
  group: EndingGroup,
  attempt: number,
): Promise<string | null> {
  const { fromDay } = keyOf(group)
  const { period, periods } = nextPeriod(
    { ...group, company_id: null, charged_to: group.ends_on, priced_on: fromDay },
    toDay(fromDay),
  )
  const quote = await quotePeriods(
    { ...tx, scope: { ...tx.scope, lo: group.path } },
    { sellerId: group.seller_id, buyerId: group.buyer_id, buyerPath: group.path },
    [toFact(group, { period, periods, pricedOn: fromDay })],
  )
  if (quote === null) return null
  const amount = quote.total
  const id = newId()
  const isNew = await addRenewalCharge(tx, {
    realm_id: group.realm_id,
    id,
    path: group.path,
    seller_path: group.seller_path,
    buyer_id: group.buyer_id,
    order_id: group.order_id,
    purpose: 'renewal',
    order_line_id: group.order_line_id,
    offer_id: group.offer_id,
    from_day: fromDay,
    attempt,
    state: 'requested',
    amount_minor: amount.minor,
    currency: amount.currency,
    reference: null,
    failure: null,
    created_at: toInstantText(call.now),
  })
  return isNew ? id : null
}

const toFact = (group: EndingGroup, next: Next): RateFact =>
  toRateFact(
    {
      id: group.order_line_id,
      offer_id: group.offer_id,
      term: group.term,
      payment_mode: modeOf(group, group.mode),
      priced_on: next.pricedOn,
      quantity: group.quantity,
    },
    next,
  )

async function tellFailure(tx: Transaction, call: CallContext, group: EndingGroup, attempt: number): Promise<void> {
  const made = await listRenewalCharges(tx, keyOf(group))
  const charge = made.find((one) => one.attempt === attempt)
  if (charge?.state !== 'failed') return
  const next = nextAttemptOn(toDay(group.ends_on), attempt)
  await tell(tx, call, group, {
    template: 'renewal_failed',
    key: `${attempt}`,
    more: { failure: charge.failure ?? '', next_attempt_on: next?.toString() ?? null },
  })
}

async function endTerm(tx: Transaction, call: CallContext, group: EndingGroup, isPaid: boolean): Promise<number> {
  const ids = await lockGroup(tx, group)
  if (ids.length === 0) return 0
  if (!isPaid) {
    await licenses.expireLicenses(tx, call, { realmId: group.realm_id, ids, exchange: true })
    return 1
  }
  const charge = { chargeModel: group.charge_model, months: group.months }
  const { endsOn, committedTo } = nextTerm(charge, { start: toDay(group.starts_on), endsOn: toDay(group.ends_on) })
  const dates = { endsOn: endsOn.toString(), committedTo: committedTo?.toString() ?? null }
  const renewed = await licenses.renewLicenses(tx, call, { realmId: group.realm_id, ids, ...dates })
  await chargeTerm(tx, call, group, renewed)
  // What renews each month is no news.
  if (!isMonthToMonth(charge))
    await tell(
      tx,
      call,
      { ...group, quantity: ids.length },
      { template: 'license_renewed', key: '', more: {}, endsOn: dates.endsOn },
    )
  return 1
}

/**
 * The first period of the new term, at the price of its first day. What begins it as another edition is a row of its own, beside what that edition's
 * own licenses are charged. R-LIC-5, R-LIC-8.
 */
async function chargeTerm(
  tx: Transaction,
  call: CallContext,
  group: EndingGroup,
  renewed: readonly { offer_id: string }[],
): Promise<void> {
  const from = toDay(group.ends_on).add({ days: 1 })
  for (const [offerId, of] of Map.groupBy(renewed, ({ offer_id }) => offer_id)) {
    const line = {
      ...group,
      offer_id: offerId,
      company_id: await findCompany(tx, group),
      charged_to: group.ends_on,
      priced_on: '',
    }
    const row = toRow(call, line, { ...nextPeriod(line, from), quantity: of.length })
    if (offerId === group.offer_id) await addPeriod(tx, row)
    else await insertPeriods(tx, [{ ...row, reason: 'edition_change' }])
  }
}

async function findCompany(tx: Transaction, group: EndingGroup): Promise<string | null> {
  const order = await findOrder(tx, { realmId: group.realm_id, id: group.order_id })
  return order.company_id
}

/** Licenses without renewal are announced a week before they end, once. R-MAIL-1. */
async function tellExpiring(db: Database, call: CallContext): Promise<void> {
  const today = dayOf(call.now)
  await db.work(call, async (tx) => {
    const until = today.add({ days: expiringDaysBefore }).toString()
    for (const group of await listEnding(tx, { autoRenew: false, until }))
      if (group.ends_on >= today.toString())
        await tell(tx, call, group, { template: 'license_expiring', key: '', more: {} })
  })
}

import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { compare } from '../../kernel/fraction.ts'
import { invariant } from '../../kernel/problem.ts'
import { dayOf, firstDay, toInstantText } from '../../kernel/time.ts'
import { parentPath } from '../../kernel/tree.ts'
import type { EditionChange } from '../../licenses/index.ts'
import { type Transaction, widen } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import * as pricing from '../../pricing/index.ts'
import { computeUnit, modeOf } from '../periods/domain.ts'
import { findCharged, insertPeriods } from '../periods/repository.ts'
import { findPaymentMode } from '../repository.ts'

/**
 * The old edition's days from the day on, that were charged, are credited by days; the new one's are charged in their place, at the price of the day.
 * R-LIC-8. A license that was never ordered is not charged.
 */
export async function chargeEditionChange(tx: Transaction, call: CallContext, change: EditionChange): Promise<void> {
  const { license, from, to, day } = change
  if (license.order_line_id === null) return
  const charged = await findCharged(tx, {
    realmId: license.realm_id,
    orderLineId: license.order_line_id,
    offerId: from.offer_id,
    day,
  })
  if (charged === null) return
  const part = {
    ...charged,
    from_day: charged.from_day > day ? charged.from_day : day,
    bill_month: firstDay(dayOf(call.now).toPlainYearMonth()).toString(),
    reason: 'edition_change' as const,
    created_at: toInstantText(call.now),
  }
  await insertPeriods(tx, [
    { ...part, id: newId(), quantity: -1, credit_of: charged.id },
    {
      ...part,
      id: newId(),
      quantity: 1,
      credit_of: null,
      offer_id: to.offer_id,
      priced_on: day,
      chain: license.owner_path,
    },
  ])
}

/**
 * Below zero where the new edition costs less on the buyer's edge, for the same term and payment mode. R-LIC-8.
 * Throws price_term_unknown, price_missing.
 */
export async function compareEditions(
  tx: Transaction,
  call: CallContext,
  { license, to, day }: Omit<EditionChange, 'from'>,
): Promise<number> {
  const sellerPath = parentPath(license.owner_path)
  const offer = await catalog.findOffer(tx, to.offer_id)
  if (license.term === null || sellerPath === null || offer === null) return 0
  const term = catalog.decideTerm(offer, license.term)
  const mode = await findPaymentMode(tx, { realm_id: license.realm_id, id: license.owner_id })
  const period = modeOf(term, mode?.mode ?? 'monthly')
  await pricing.requirePricesDownTo(tx, call, license.owner_path, offer.id, {
    term: term.code,
    period,
    service_type: '',
  })
  return widen(tx, 'place_order', sellerPath, async (asSeller) => {
    const ask = { buyerPath: license.owner_path, term: term.code, period, day }
    const next = await pricing.findAskedPrice(asSeller, { ...ask, offerId: offer.id })
    const now = await pricing.findAskedPrice(asSeller, { ...ask, offerId: license.offer_id })
    invariant(next !== null, 'every edge down to the buyer has a price')
    return now === null ? 0 : compare(computeUnit(next), computeUnit(now))
  })
}

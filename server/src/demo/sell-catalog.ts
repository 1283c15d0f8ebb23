import { createOffer as createOfferSchema } from '@tenantree/contract'
import type { CatalogHooks } from '../catalog/index.ts'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { dayOf, type PlainDate } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import * as pricing from '../pricing/index.ts'
import * as demo from './catalog.ts'
import { type DemoTenant, storyDays } from './channel.ts'

/** Runs a command; what is there already is as good. */
async function unlessThere(run: () => Promise<unknown>, code: Problem['code']): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Problem && error.code === code)) throw error
  }
}

/** Features, offers and the terms and conditions of the demo catalog. Again it changes nothing. */
export async function makeCatalog(db: Database, call: CallContext): Promise<void> {
  for (const [index, { code, ...feature }] of demo.features.entries()) {
    const input = { code, version: null, feature: { ...feature, position: index + 1 } }
    await unlessThere(() => catalog.putFeature(db, call, input), 'stale_version')
  }
  for (const { cents, shape, ...offer } of demo.offers) {
    await unlessThere(() => catalog.createOffer(db, call, createOfferSchema.parse(offer)), 'offer_exists')
  }
  const { data } = await catalog.listTermsVersions(db, call)
  if (data.length === 0) await catalog.createTermsVersion(db, call, { text: demo.termsText })
}

/** The ids of the demo catalog, by what they are. */
async function readOffers(db: Database, call: CallContext): Promise<{ id: string; offer: demo.DemoOffer }[]> {
  const { data } = await catalog.listOffers(db, call, { limit: 500 })
  return demo.offers.flatMap((offer) => {
    const known = data.find(
      ({ product, edition, charge_model }) =>
        product === offer.product && edition === offer.edition && charge_model === offer.charge_model,
    )
    return known === undefined ? [] : [{ id: known.id, offer }]
  })
}

/** Prices of the whole catalog in a list of the story, all at once; offers that the list has prices for are left. */
export async function priceCatalog(
  db: Database,
  call: CallContext,
  list: { id: string; key: string; priced: ReadonlySet<string> },
): Promise<void> {
  const offers = (await readOffers(db, call)).filter(({ id }) => !list.priced.has(id))
  const prices = offers.flatMap(({ id, offer }) =>
    demo.pricesOf(offer, demo.factors[list.key] ?? 1000).map((price) => ({ ...price, offer_id: id, minimum: null })),
  )
  const planned = offers.flatMap(({ id, offer }) => toPlanned(list.key, id, offer, dayOf(call.now)))
  if (prices.length > 0) await pricing.createPrices(db, call, { listId: list.id, prices: [...prices, ...planned] })
}

/** Some prices rise with the first of the month after the story. R-PRICE-2. */
function toPlanned(key: string, offerId: string, offer: demo.DemoOffer, today: PlainDate) {
  if (!demo.risingIn.includes(key) || offer.product !== demo.risingProduct) return []
  const from = today.add({ days: storyDays, months: 1 }).with({ day: 1 }).toString()
  const factor = Math.round((demo.factors[key] ?? 1000) * demo.rise)
  return demo.pricesOf(offer, factor).map((price) => ({ ...price, offer_id: offerId, minimum: null, valid_from: from }))
}

/** Lets a direct child sell or use all of the catalog. */
export async function enableCatalog(
  db: Database,
  hooks: CatalogHooks,
  call: CallContext,
  tenantId: string,
): Promise<void> {
  for (const { id } of await readOffers(db, call)) {
    await catalog.enableOffer(db, hooks, call, { tenantId, offerId: id })
  }
}

/** All partners sell the whole catalog, and some customers may have all of it: a full page for each, and a quick start. */
export const hasWholeCatalog = ({ key, level }: DemoTenant): boolean =>
  level !== 'end_customer' || demo.wholeCatalogCustomers.includes(key)

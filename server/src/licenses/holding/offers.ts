import { sql } from 'kysely'
import * as catalog from '../../catalog/index.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Transaction } from '../../platform/database.ts'

type Offer = catalog.OfferRecord

/** Throws not_found. */
export async function getOffer(tx: Transaction, id: string): Promise<Offer> {
  const offer = await catalog.findOffer(tx, id)
  if (offer === null) throw new Problem('not_found')
  return offer
}

/** Committed and prepaid offers of a product that the kind may hold, the lowest edition first. */
export async function listOffersOf(tx: Transaction, productKey: string): Promise<Offer[]> {
  return tx.send(sql<Offer>`
    select o.* from offers o where o.product_key = ${productKey} and o.charge_model in ('committed', 'prepaid')
    order by o.rank, o.id`)
}

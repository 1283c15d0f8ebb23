import { sql } from 'kysely'
import { isEnd, type Transaction } from '../../platform/database.ts'
import type { SavedCard } from './port.ts'

export type CardRecord = {
  realm_id: bigint
  buyer_id: string
  path: string
  seller_path: string
  customer_reference: string
  card_reference: string | null
  brand: string | null
  last4: string | null
  expires_on: string | null
  created_at: string
  version: number
}
type CardTables = { payment_cards: CardRecord }

/** What a buyer has left with the provider, for the two ends of its edge; null to anyone else. R-TREE-10. */
export async function findCard(tx: Transaction, buyer: { realm_id: bigint; id: string }): Promise<CardRecord | null> {
  const query = tx
    .tables<CardTables>()
    .selectFrom('payment_cards')
    .selectAll()
    .where('realm_id', '=', buyer.realm_id)
    .where('buyer_id', '=', buyer.id)
    .where(isEnd(tx.scope, 'payment_cards'))
  return (await query.executeTakeFirst()) ?? null
}

/** As tt_worker, which has no scope: by the key of the buyer. */
export async function findCardOf(
  tx: Transaction,
  { realmId, buyerId }: { realmId: bigint; buyerId: string },
): Promise<CardRecord | null> {
  const query = tx
    .tables<CardTables>()
    .selectFrom('payment_cards')
    .selectAll()
    .where('realm_id', '=', realmId)
    .where('buyer_id', '=', buyerId)
  return (await query.executeTakeFirst()) ?? null
}

/** Keeps the provider's customer of a buyer, once: of two that make one at a time the first stays. */
export async function insertCustomer(tx: Transaction, card: CardRecord): Promise<void> {
  await tx
    .tables<CardTables>()
    .insertInto('payment_cards')
    .values(card)
    .onConflict((conflict) => conflict.columns(['realm_id', 'buyer_id']).doNothing())
    .execute()
}

/** Keeps a card that was entered; the same event again changes nothing. Answers whose it is where it was new. */
export async function saveCard(
  tx: Transaction,
  customerReference: string,
  card: SavedCard,
): Promise<Pick<CardRecord, 'realm_id' | 'buyer_id' | 'path'> | null> {
  const { rows } = await sql<Pick<CardRecord, 'realm_id' | 'buyer_id' | 'path'>>`
    update payment_cards set card_reference = ${card.cardReference}, brand = ${card.brand}, last4 = ${card.last4},
      expires_on = ${card.expiresOn}, version = version + 1
    where customer_reference = ${customerReference} and card_reference is distinct from ${card.cardReference}
    returning realm_id, buyer_id, path`.execute(tx.tables())
  return rows[0] ?? null
}

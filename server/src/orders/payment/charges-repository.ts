import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

export type ChargeRecord = {
  realm_id: bigint
  id: string
  path: string
  seller_path: string
  buyer_id: string
  order_id: string
  purpose: 'order' | 'renewal' | 'refund'
  order_line_id: string | null
  offer_id: string | null
  from_day: string | null
  attempt: number
  state: 'requested' | 'succeeded' | 'failed'
  amount_minor: bigint
  currency: string
  reference: string | null
  failure: string | null
  created_at: string
}
export type ChargeTables = { card_charges: ChargeRecord }
export type ChargeKey = { realmId: bigint; id: string }

export async function insertCharge(tx: Transaction, charge: ChargeRecord): Promise<void> {
  await tx.tables<ChargeTables>().insertInto('card_charges').values(charge).execute()
}

/** Notes an attempt for a renewal unless it is noted: answers whether it was new. */
export async function addRenewalCharge(tx: Transaction, charge: ChargeRecord): Promise<boolean> {
  const inserted = await tx
    .tables<ChargeTables>()
    .insertInto('card_charges')
    .values(charge)
    .onConflict((conflict) =>
      conflict
        .columns(['realm_id', 'order_line_id', 'offer_id', 'from_day', 'attempt'])
        .where('purpose', '=', 'renewal')
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** The id of a charge is unique by itself: an event of the provider names nothing else. */
export async function findCharge(tx: Transaction, id: string): Promise<ChargeRecord | null> {
  const query = tx.tables<ChargeTables>().selectFrom('card_charges').selectAll().where('id', '=', id)
  return (await query.executeTakeFirst()) ?? null
}

export const listRequested = (tx: Transaction): Promise<ChargeRecord[]> =>
  tx
    .tables<ChargeTables>()
    .selectFrom('card_charges')
    .selectAll()
    .where('state', '=', 'requested')
    .orderBy('created_at')
    .limit(500)
    .execute()

/** Keeps the outcome of a charge whose outcome was not known. Answers whether this was the first to tell. */
export async function settleCharge(
  tx: Transaction,
  key: ChargeKey,
  outcome: Pick<ChargeRecord, 'state' | 'reference' | 'failure'>,
): Promise<boolean> {
  const updated = await tx
    .tables<ChargeTables>()
    .updateTable('card_charges')
    .set(outcome)
    .where('realm_id', '=', key.realmId)
    .where('id', '=', key.id)
    .where('state', '=', 'requested')
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

/** The attempts that were made to renew the licenses of a line into the period that begins on a day. */
export async function listRenewalCharges(
  tx: Transaction,
  of: { realmId: bigint; orderLineId: string; offerId: string; fromDay: string },
): Promise<ChargeRecord[]> {
  const { rows } = await sql<ChargeRecord>`
    select * from card_charges where realm_id = ${of.realmId} and order_line_id = ${of.orderLineId} and offer_id = ${of.offerId}
      and from_day = ${of.fromDay}::date and purpose = 'renewal' order by attempt`.execute(tx.tables())
  return rows
}

import type { ChargeModel, OrderAddition, PaymentMethod, PaymentMode } from '@tenantree/contract'
import { type ColumnType, sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import { inScope, isEnd, type Transaction } from '../platform/database.ts'

/** `amount_minor` as text: JSON has no bigint. */
export type StoredAddition = { offer_id: string; reason: OrderAddition['reason']; amount_minor: string }
export type OrderRecord = {
  realm_id: bigint
  id: string
  path: string
  seller_path: string
  seller_id: string
  buyer_id: string
  company_id: string | null
  state: 'placed' | 'accepted' | 'payment_failed' | 'withdrawn'
  payment_mode: PaymentMode
  payment_method: PaymentMethod
  payment_reference: string | null
  payment_failure: string | null
  terms_version: number | null
  currency: string
  first_total_minor: bigint
  /** What the order changed beside its lines. R-PRICE-1. */
  first_added: StoredAddition[]
  ordered_by: string
  placed_at: string
  accepted_at: string | null
  withdrawn_at: string | null
  version: number
}
export type OrderLineRecord = {
  realm_id: bigint
  id: string
  order_id: string
  path: string
  seller_path: string
  position: number
  offer_id: string
  term: string
  quantity: number
  add_on_of: string | null
  charge_model: ChargeModel
  unit: string
  months: number
  unit_price: string | null
  first_from: string
  first_to: string
  first_whole_from: string
  first_whole_to: string
  first_amount_minor: bigint
}
export type PaymentModeRecord = {
  realm_id: bigint
  buyer_id: string
  path: string
  mode: PaymentMode
  order_id: string
  fixed_at: string
  is_pending: boolean
  version: number
}
export type EdgeSettingsRecord = {
  realm_id: bigint
  buyer_id: string
  path: string
  may_order: boolean
  version: number
}
export type OrderTables = {
  orders: Omit<OrderRecord, 'first_added'> & { first_added: ColumnType<StoredAddition[], string, never> }
  order_lines: OrderLineRecord
  payment_modes: PaymentModeRecord
  edge_settings: EdgeSettingsRecord
}

export async function insertOrder(
  tx: Transaction,
  order: OrderRecord,
  lines: readonly OrderLineRecord[],
): Promise<void> {
  const tables = tx.tables<OrderTables>()
  await tables
    .insertInto('orders')
    .values({ ...order, first_added: JSON.stringify(order.first_added) })
    .execute()
  await tables
    .insertInto('order_lines')
    .values([...lines])
    .execute()
}

/** An order of an edge that the scope is an end of. Throws not_found: to anyone else it does not exist. R-TREE-10. */
export async function getOrder(tx: Transaction, id: string): Promise<OrderRecord> {
  const found = await tx
    .tables<OrderTables>()
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .where(isEnd(tx.scope, 'orders'))
    .executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

/** By its key, for work that has no scope. */
export const findOrder = (tx: Transaction, key: { realmId: bigint; id: string }): Promise<OrderRecord> =>
  tx
    .tables<OrderTables>()
    .selectFrom('orders')
    .selectAll()
    .where('realm_id', '=', key.realmId)
    .where('id', '=', key.id)
    .executeTakeFirstOrThrow()

/** By its key, for work that has no scope; the row stays locked. */
export async function lockOrder(tx: Transaction, key: { realmId: bigint; id: string }): Promise<OrderRecord> {
  return tx
    .tables<OrderTables>()
    .selectFrom('orders')
    .selectAll()
    .where('realm_id', '=', key.realmId)
    .where('id', '=', key.id)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

export const listLines = (tx: Transaction, order: Pick<OrderRecord, 'realm_id' | 'id'>): Promise<OrderLineRecord[]> =>
  tx
    .tables<OrderTables>()
    .selectFrom('order_lines')
    .selectAll()
    .where('realm_id', '=', order.realm_id)
    .where('order_id', '=', order.id)
    .orderBy('position')
    .execute()

type OrderChange = Partial<
  Pick<OrderRecord, 'state' | 'accepted_at' | 'withdrawn_at' | 'payment_reference' | 'payment_failure'>
>

/** Changes an order that still is in the state; answers whether it was. Of two that do it at once one does. */
export async function changeState(
  tx: Transaction,
  order: Pick<OrderRecord, 'realm_id' | 'id'>,
  from: OrderRecord['state'],
  change: OrderChange,
): Promise<boolean> {
  const updated = await tx
    .tables<OrderTables>()
    .updateTable('orders')
    .set({ ...change, version: sql`version + 1` })
    .where('realm_id', '=', order.realm_id)
    .where('id', '=', order.id)
    .where('state', '=', from)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

export async function findPaymentMode(
  tx: Transaction,
  buyer: { realm_id: bigint; id: string },
): Promise<PaymentModeRecord | null> {
  const query = tx
    .tables<OrderTables>()
    .selectFrom('payment_modes')
    .selectAll()
    .where('realm_id', '=', buyer.realm_id)
    .where('buyer_id', '=', buyer.id)
  return (await query.executeTakeFirst()) ?? null
}

/** Orders of a buyer that has a payment mode come one after the other from here on. */
export async function lockPaymentMode(tx: Transaction, buyerId: string): Promise<void> {
  await sql`select 1 from payment_modes where buyer_id = ${buyerId} and ${inScope(tx.scope, 'payment_modes')} for update`.execute(
    tx.tables(),
  )
}

/**
 * Takes the payment mode of a buyer, or finds the one that is taken: of two first orders at once the second waits and gets the first one's.
 * The row stays locked, so that a failing payment and a new order do not pass each other. R-BUY-2.
 */
export async function takePaymentMode(tx: Transaction, row: PaymentModeRecord): Promise<PaymentModeRecord> {
  return tx
    .tables<OrderTables>()
    .insertInto('payment_modes')
    .values(row)
    .onConflict((conflict) => conflict.columns(['realm_id', 'buyer_id']).doUpdateSet({ mode: sql`payment_modes.mode` }))
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** An accepted order fixes the mode that it, or another one of the same mode, had taken. */
export async function fixPaymentMode(tx: Transaction, order: OrderRecord, now: string): Promise<void> {
  await tx
    .tables<OrderTables>()
    .updateTable('payment_modes')
    .set({ is_pending: false, order_id: order.id, fixed_at: now })
    .where('realm_id', '=', order.realm_id)
    .where('buyer_id', '=', order.buyer_id)
    .where('is_pending', '=', true)
    .execute()
}

/** A failed payment fixes nothing; the mode stays taken only while another order of the buyer waits for its payment. R-BUY-2. */
export async function freePaymentMode(tx: Transaction, order: OrderRecord): Promise<void> {
  const tables = tx.tables<OrderTables>()
  await sql`select 1 from payment_modes where realm_id = ${order.realm_id} and buyer_id = ${order.buyer_id} for update`.execute(
    tables,
  )
  await sql`
    delete from payment_modes m where m.realm_id = ${order.realm_id} and m.buyer_id = ${order.buyer_id} and m.is_pending
      and not exists (select 1 from orders o where o.realm_id = m.realm_id and o.buyer_id = m.buyer_id and o.state = 'placed' and o.id <> ${order.id})`.execute(
    tables,
  )
}

/** Answers false where the mode has changed since it was read. */
export async function changePaymentMode(tx: Transaction, row: PaymentModeRecord, mode: PaymentMode): Promise<boolean> {
  const updated = await tx
    .tables<OrderTables>()
    .updateTable('payment_modes')
    .set({ mode, version: row.version + 1 })
    .where('realm_id', '=', row.realm_id)
    .where('buyer_id', '=', row.buyer_id)
    .where('version', '=', row.version)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

export async function findMayOrder(tx: Transaction, buyer: { realm_id: bigint; id: string }): Promise<boolean | null> {
  const row = await tx
    .tables<OrderTables>()
    .selectFrom('edge_settings')
    .select('may_order')
    .where('realm_id', '=', buyer.realm_id)
    .where('buyer_id', '=', buyer.id)
    .executeTakeFirst()
  return row?.may_order ?? null
}

export async function saveMayOrder(tx: Transaction, row: EdgeSettingsRecord): Promise<void> {
  await tx
    .tables<OrderTables>()
    .insertInto('edge_settings')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['realm_id', 'buyer_id'])
        .doUpdateSet({ may_order: row.may_order, version: sql`edge_settings.version + 1` }),
    )
    .execute()
}

/** Offers of which the buyer has a license that is not over: what an add-on may be bought beside. */
export async function listOwnedOffers(tx: Transaction, buyer: { realm_id: bigint; id: string }): Promise<string[]> {
  const { rows } = await sql<{ offer_id: string }>`
    select distinct l.offer_id from licenses l
    where l.realm_id = ${buyer.realm_id} and l.owner_id = ${buyer.id} and not l.is_trial
      and l.state in ('unassigned', 'assigned', 'pending_cancel')`.execute(tx.tables())
  return rows.map((row) => row.offer_id)
}

/** Whether the tenant at a path, or one above it, is inactive or deleted. */
export async function isClosed(tx: Transaction, path: string): Promise<boolean> {
  const { rows } = await sql<{ closed: boolean }>`select app.is_closed(${path}) as closed`.execute(tx.tables())
  return rows[0]?.closed ?? false
}

import type { Party } from '@tenantree/contract'
import { sql } from 'kysely'
import { toBounds } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import { liveUnits } from '../usage/index.ts'
import type { RatedUse } from './domain.ts'

export type RunRecord = {
  realm_id: bigint
  id: string
  path: string
  month: string
  state: 'running' | 'done'
  started_at: string
  finished_at: string | null
}
export type InvoiceRecord = {
  realm_id: bigint
  id: string
  path: string
  seller_path: string
  seller_id: string
  buyer_id: string
  month: string
  number: string | null
  state: 'draft' | 'issued' | 'paid' | 'overdue' | 'void'
  draft_reason: string | null
  currency: string
  total_minor: bigint
  seller: string
  buyer: string
  issued_at: string | null
  due_on: string | null
  created_at: string
}
export type LineRecord = {
  realm_id: bigint
  id: string
  invoice_id: string
  path: string
  seller_path: string
  position: number
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
  from_day: string
  to_day: string
  quantity: bigint
  unit_price: string
  amount_minor: bigint
  active_days: bigint
}
export type BillingTables = { billing_runs: RunRecord; invoices: InvoiceRecord; invoice_lines: LineRecord }

/** Starts the run of a month, or takes up the one that is there. */
export async function openRun(tx: Transaction, run: RunRecord): Promise<RunRecord> {
  const tables = tx.tables<BillingTables>()
  return tables
    .insertInto('billing_runs')
    .values(run)
    .onConflict((conflict) =>
      conflict.columns(['realm_id', 'month']).doUpdateSet({ state: 'running', finished_at: null }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function closeRun(tx: Transaction, id: string, finishedAt: string): Promise<void> {
  await tx
    .tables<BillingTables>()
    .updateTable('billing_runs')
    .set({ state: 'done', finished_at: finishedAt })
    .where('realm_id', '=', 0n)
    .where('id', '=', id)
    .execute()
}

export async function listDoneMonths(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .tables<BillingTables>()
    .selectFrom('billing_runs')
    .select('month')
    .where('state', '=', 'done')
    .execute()
  return rows.map((row) => row.month)
}

export async function listRealms(tx: Transaction): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`select id from realms where id > 0 order by id`.execute(tx.tables())
  return rows.map((row) => row.id)
}

/** Keeps the units of a realm's month, once. Later signals for it are corrections, never a change. R-BILL-5. */
export async function rateRealm(tx: Transaction, realmId: bigint, month: string, now: string): Promise<void> {
  // A move of the realm's tenants is waited for, and waits: what is rated has one place.
  await sql`select id from realms where id = ${realmId} for share`.execute(tx.tables())
  const claimed = await sql`
    insert into rated_months (realm_id, month, rated_at) values (${realmId}, ${month}::date, ${now})
    on conflict do nothing returning month`.execute(tx.tables())
  if (claimed.rows.length === 0) return
  await sql`
    insert into rated_units (realm_id, month, customer_id, offer_id, device_id, path, chain, site_id, days, charged_days, units)
    select u.realm_id, ${month}::date, u.customer_id, u.offer_id, u.device_id, u.path, u.path, u.site_id, u.days, u.charged_days, u.units
    from (${liveUnits(month, sql`m.realm_id = ${realmId}`)}) u`.execute(tx.tables())
}

export type Edge = { buyer_path: string }

/**
 * Every edge with charges in the month, from the vendor down: each ancestor of a charged customer, and itself, buys. By the chain that the
 * units were rated under: a month that is run again after a move charges nobody a second time. R-TREE-6.
 */
export async function listEdges(tx: Transaction, month: string): Promise<Edge[]> {
  const { rows } = await sql<Edge>`
    select distinct t.path as buyer_path
    from (
      select distinct case when site_id is null then coalesce(chain, path) else left(coalesce(chain, path), -4) end as path
      from rated_units where month = ${month}::date and units > 0
    ) c cross join lateral generate_series(8, length(c.path), 4) n
    join tenants t on t.path = left(c.path, n)
    order by buyer_path`.execute(tx.tables())
  return rows
}

export type PartyRow = { realm_id: bigint; id: string; path: string; party: Party }

/** The two ends of an edge, as they stand on a document. */
export async function listParties(tx: Transaction, paths: readonly string[]): Promise<PartyRow[]> {
  const { rows } = await sql<PartyRow>`
    select t.realm_id, t.id, t.path, jsonb_build_object('tenant_id', t.id, 'name', t.name, 'legal_name', c.legal_name, 'vat_number', c.vat_number,
      'street', c.street, 'postal_code', c.postal_code, 'city', c.city, 'country', c.country) as party
    from tenants t join companies c on c.realm_id = t.realm_id and c.tenant_id = t.id
    where t.path = any(${[...paths]})`.execute(tx.tables())
  return rows
}

/**
 * What stands below a buyer, by customer and offer, with the price of its edge: the one of the month's first day, or the first that began in the
 * month. R-BILL-2: the quantities are the same on every edge, the prices are not. R-PRICE-2.
 */
export async function listUses(tx: Transaction, buyer: PartyRow, month: string): Promise<RatedUse[]> {
  const { rows } = await sql<RatedUse>`
    with uses as (
      select customer_id, offer_id, sum(units)::bigint as quantity, sum(bit_count(charged_days::bit(31)))::bigint as active_days
      from rated_units
      where month = ${month}::date and coalesce(chain, path) >= ${buyer.path} and coalesce(chain, path) < ${toBounds(buyer.path).hi} and units > 0
      group by customer_id, offer_id
    ), asked as (
      select distinct on (offer_id) offer_id, currency, unit_price from asked_prices
      where realm_id = ${buyer.realm_id} and buyer_id = ${buyer.id} and valid_from < (${month}::date + interval '1 month')
      order by offer_id, (valid_from <= ${month}::date) desc, abs(valid_from - ${month}::date)
    )
    select u.customer_id, coalesce(c.name, 'Erased customer') as customer_name, u.offer_id, o.product, o.edition, o.charge_model, o.unit, u.quantity, u.active_days,
      a.currency, a.unit_price
    from uses u
    left join tenants c on c.id = u.customer_id
    join offers o on o.id = u.offer_id
    left join asked a on a.offer_id = u.offer_id
    order by c.name_key, c.id, o.product_key, o.rank`.execute(tx.tables())
  return rows
}

/** A draft of an edge gives way to the next attempt; an issued invoice never does. */
export async function deleteDraft(
  tx: Transaction,
  realmId: bigint,
  sellerId: string,
  buyerId: string,
  month: string,
): Promise<void> {
  await tx
    .tables<BillingTables>()
    .deleteFrom('invoices')
    .where('realm_id', '=', realmId)
    .where('seller_id', '=', sellerId)
    .where('buyer_id', '=', buyerId)
    .where('month', '=', month)
    .where('state', '=', 'draft')
    .execute()
}

/** Answers false where the edge has its invoice of the month already. R-BILL-5. */
export async function insertInvoice(tx: Transaction, invoice: InvoiceRecord): Promise<boolean> {
  const inserted = await tx
    .tables<BillingTables>()
    .insertInto('invoices')
    .values(invoice)
    .onConflict((conflict) => conflict.columns(['realm_id', 'seller_id', 'buyer_id', 'month']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

const linesPerInsert = 1000

export async function insertLines(tx: Transaction, lines: readonly LineRecord[]): Promise<void> {
  for (let from = 0; from < lines.length; from += linesPerInsert) {
    await tx
      .tables<BillingTables>()
      .insertInto('invoice_lines')
      .values(lines.slice(from, from + linesPerInsert))
      .execute()
  }
}

/** The next number of the seller in the year. Last in the transaction: the row stays locked until the number is used. R-BILL-7. */
export async function nextNumber(tx: Transaction, seller: PartyRow, year: number): Promise<bigint> {
  const { rows } = await sql<{ last: bigint }>`
    insert into invoice_counters (realm_id, seller_id, year, last) values (${seller.realm_id}, ${seller.id}, ${year}, 1)
    on conflict (realm_id, seller_id, year) do update set last = invoice_counters.last + 1 returning last`.execute(
    tx.tables(),
  )
  return rows[0]!.last
}

export async function numberInvoice(
  tx: Transaction,
  invoice: { realmId: bigint; id: string; number: string; issuedAt: string; dueOn: string },
): Promise<void> {
  await tx
    .tables<BillingTables>()
    .updateTable('invoices')
    .set({ state: 'issued', number: invoice.number, issued_at: invoice.issuedAt, due_on: invoice.dueOn })
    .where('realm_id', '=', invoice.realmId)
    .where('id', '=', invoice.id)
    .execute()
}

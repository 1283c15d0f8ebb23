import type { LineKind, Party } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import { toBounds } from '../kernel/tree.ts'
import { chargedPlaces } from '../orders/index.ts'
import * as peaks from '../peaks/index.ts'
import type { Transaction } from '../platform/database.ts'
import { fromCommonDays, liveParts, liveUnits, sumCommonDays } from '../usage/index.ts'
import type { Use } from './domain.ts'

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
  currency: string | null
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
  kind: LineKind
  customer_id: string | null
  customer_name: string | null
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
  from_day: string
  to_day: string
  /** Whole numbers, as text: more than 64 bits may be needed. */
  quantity: string
  divisor: string
  /** JSON of a LineDivision, a LinePricing, a LineBasis. */
  division: string | null
  pricing: string | null
  basis: string | null
  unit_price: string | null
  amount_minor: bigint
  /** Devices or licenses behind the line; null in lines from before. */
  units: bigint | null
  term: string | null
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

/** Answers whether the realm's month is still to be rated, by the caller then. Moves of its tenants are waited for, and wait: what is rated has one place. */
export async function claimMonth(tx: Transaction, realmId: bigint, month: string, now: string): Promise<boolean> {
  await sql`select id from realms where id = ${realmId} for share`.execute(tx.tables())
  const claimed = await sql`
    insert into rated_months (realm_id, month, rated_at) values (${realmId}, ${month}::date, ${now})
    on conflict do nothing returning month`.execute(tx.tables())
  return claimed.rows.length > 0
}

/**
 * Keeps the units of a realm's month. Later signals for it are corrections, never a change. R-BILL-5. What moved in the month is rated where it stands
 * now, all its parts at once.
 */
export async function rateUnits(tx: Transaction, realmId: bigint, month: string): Promise<void> {
  const where = sql`m.realm_id = ${realmId}`
  await sql`
    insert into rated_units (realm_id, month, customer_id, offer_id, device_id, path, chain, site_id, days, charged_days, units)
    select u.realm_id, ${month}::date, u.customer_id, u.offer_id, u.device_id, u.path, u.place, u.site_id, u.days, u.charged_days,
      case when u.charged_days = 0 then 0 else 1 end
    from (${liveUnits(month, where)}) u`.execute(tx.tables())
  await sql`
    insert into rated_parts (realm_id, month, customer_id, offer_id, device_id, place, path, site_id, from_day, until_day, days, charged_days, of_days)
    select u.realm_id, ${month}::date, u.customer_id, u.offer_id, u.device_id, u.place, u.path, u.site_id, u.from_day, u.until_day, u.days,
      u.charged_days, u.of_days
    from (${liveParts(month, where)}) u`.execute(tx.tables())
}

/** A seller and its buyer, and the places at which the buyer stood under that seller in the month. */
export type Edge = { seller_id: string; buyer_id: string; places: string[] }

/**
 * Every edge with charges in the month, from the vendor down: each ancestor of a charged customer, and itself, buys. By the chain of each charged
 * day: whoever stands there by now, an edge has one invoice a month. R-BILL-9.
 */
export async function listEdges(tx: Transaction, month: string): Promise<Edge[]> {
  const { rows } = await sql<Edge>`
    with customers as (
      select distinct case when site_id is null then place else left(place, -4) end as place from (
        select coalesce(chain, path) as place, site_id from rated_units where month = ${month}::date and units > 0
        union all
        select place, site_id from rated_parts where month = ${month}::date and charged_days <> 0
        union all
        select ordered.place, null from (${chargedPlaces(month)}) ordered
        union all
        select measured.place, null from (${peaks.chargedPlaces(month)}) measured
      ) u
    ), buyers as (
      select distinct left(c.place, n) as place from customers c cross join lateral generate_series(8, length(c.place), 4) n
    ), owners as (
      select path as place, id from tenants
      union all
      select place, tenant_id from former_places
    )
    select s.id as seller_id, o.id as buyer_id, array_agg(b.place order by b.place) as places
    from buyers b join owners o on o.place = b.place join owners s on s.place = left(b.place, -4)
    group by s.id, o.id order by min(b.place)`.execute(tx.tables())
  return rows
}

export type PartyRow = { realm_id: bigint; id: string; path: string; party: Party }

/** The two ends of an edge, as they stand on a document; one that was erased is missing. */
export async function listParties(tx: Transaction, ids: readonly string[]): Promise<PartyRow[]> {
  const { rows } = await sql<PartyRow>`
    select t.realm_id, t.id, t.path, jsonb_build_object('tenant_id', t.id, 'name', t.name, 'legal_name', c.legal_name, 'vat_number', c.vat_number,
      'street', c.street, 'postal_code', c.postal_code, 'city', c.city, 'country', c.country) as party
    from tenants t join companies c on c.realm_id = t.realm_id and c.tenant_id = t.id
    where t.id = any(${[...ids]})`.execute(tx.tables())
  return rows
}

type UseRow = Omit<Use, 'quantity' | 'moved_on'> & { common_days: string; moved_on: string | null }

/**
 * What stands below the buyer of an edge, by customer and offer. R-BILL-2: the quantities are the same on every edge, the prices are not. The stays
 * of a device below the buyer are one: where all its charged days are there, it is a whole unit. R-BILL-9.
 */
export async function listUses(tx: Transaction, { places }: Edge, month: string): Promise<Use[]> {
  const below = (place: RawBuilder<unknown>) =>
    sql`(${sql.join(
      places.map((top) => sql`${place} >= ${top} and ${place} < ${toBounds(top).hi}`),
      sql` or `,
    )})`
  const { rows } = await sql<UseRow>`
    with units as (
      select r.customer_id, r.offer_id, r.charged_days, null::int as of_days, null::text as moved_on
      from rated_units r where r.month = ${month}::date and ${below(sql`coalesce(r.chain, r.path)`)} and r.units > 0
      union all
      select r.customer_id, r.offer_id, bit_or(r.charged_days), max(r.of_days), ${unpaired('r')}
      from rated_parts r where r.month = ${month}::date and ${below(sql`r.place`)}
      group by r.customer_id, r.offer_id, r.device_id having bit_or(r.charged_days) <> 0
    ), counted as (
      select u.*, bit_count(u.charged_days::bit(31)) as part_days, coalesce(u.of_days <> bit_count(u.charged_days::bit(31)), false) as is_divided
      from units u
    ), uses as (
      select u.customer_id, u.offer_id, count(*) as units, ${sumCommonDays}::text as common_days, sum(u.part_days)::bigint as active_days,
        (count(*) filter (where u.is_divided))::int as divided_units,
        coalesce(sum(u.part_days) filter (where u.is_divided), 0)::int as part_days,
        coalesce(sum(u.of_days) filter (where u.is_divided), 0)::int as of_days,
        string_agg(distinct u.moved_on, ' ') filter (where u.is_divided) as moved_on
      from counted u group by u.customer_id, u.offer_id
    )
    select u.*, coalesce(c.name, 'Erased customer') as customer_name, o.product, o.edition, o.charge_model, o.unit
    from uses u
    left join tenants c on c.id = u.customer_id
    join offers o on o.id = u.offer_id
    order by c.name_key, c.id, o.product_key, o.rank`.execute(tx.tables())
  return rows.map(({ common_days, moved_on, ...row }) => ({
    ...row,
    quantity: fromCommonDays(BigInt(common_days)),
    moved_on: moved_on?.split(' ') ?? [],
  }))
}

/** Days on which a stay begins and none ends, or ends and none begins: something came to the edge, or left it. */
const unpaired = (alias: string) => {
  const [from, until] = [sql.ref(`${alias}.from_day`), sql.ref(`${alias}.until_day`)]
  return sql`(select string_agg(d.day::text, ' ') from (
    select day from unnest(array_agg(${from}) || array_agg(${until})) day where day is not null group by day having count(*) = 1) d)`
}

export type Known = { realm_id: bigint; id: string; state: InvoiceRecord['state'] }

/** The invoice of an edge and month, in whichever realm it was made: its buyer may live in another one by now. R-BILL-5. */
export async function findInvoice(tx: Transaction, edge: Edge, month: string): Promise<Known | null> {
  const found = await tx
    .tables<BillingTables>()
    .selectFrom('invoices')
    .select(['realm_id', 'id', 'state'])
    .where('buyer_id', '=', edge.buyer_id)
    .where('seller_id', '=', edge.seller_id)
    .where('month', '=', month)
    .executeTakeFirst()
  return found ?? null
}

/** A draft gives way to the next attempt; an issued invoice never does. */
export async function deleteDraft(tx: Transaction, { realm_id, id }: Known): Promise<void> {
  await tx
    .tables<BillingTables>()
    .deleteFrom('invoices')
    .where('realm_id', '=', realm_id)
    .where('id', '=', id)
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
  invoice: { realmId: bigint; id: string; state: 'issued' | 'paid'; number: string; issuedAt: string; dueOn: string },
): Promise<void> {
  await tx
    .tables<BillingTables>()
    .updateTable('invoices')
    .set({ state: invoice.state, number: invoice.number, issued_at: invoice.issuedAt, due_on: invoice.dueOn })
    .where('realm_id', '=', invoice.realmId)
    .where('id', '=', invoice.id)
    .execute()
}

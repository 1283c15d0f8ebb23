import { type RawBuilder, sql } from 'kysely'
import { toBounds } from '../../kernel/tree.ts'
import type { Transaction } from '../../platform/database.ts'
import type { AssignedFact, PeriodFact } from './domain.ts'

/**
 * Where a month's charges by order stand, and the days that were assigned below buyers: the deepest buyer of each, as `place`. Every edge from the
 * vendor down to it may be charged.
 */
export const chargedPlaces = (month: string): RawBuilder<unknown> => sql`
  select chain as place from charged_periods where bill_month = ${month}::date
  union
  select case when c.id is null then h.path else c.path end from license_holdings h
  left join tenants c on c.realm_id = h.realm_id and c.id = h.customer_id
  where not h.is_trial and h.path <> h.owner_path and h.from_at < (${month}::date + interval '1 month') and (h.to_at is null or h.to_at >= ${month}::date)`

const within = (path: RawBuilder<unknown>, places: readonly string[]) =>
  sql`(${sql.join(
    places.map((top) => sql`${path} >= ${top} and ${path} < ${toBounds(top).hi}`),
    sql` or `,
  )})`

/** The periods that stand on the invoice of an edge: of the buyer itself, or of buyers below it. */
export async function listPeriods(tx: Transaction, places: readonly string[], month: string): Promise<PeriodFact[]> {
  const { rows } = await sql<PeriodFact>`
    select coalesce(p.company_id, p.buyer_id) as customer_id, coalesce(c.name, 'Erased customer') as customer_name, p.offer_id, o.product, o.edition,
      o.charge_model, o.unit, p.term, p.payment_mode, p.periods, p.from_day, p.to_day, p.whole_from, p.whole_to, p.priced_on, p.quantity
    from charged_periods p
    join offers o on o.id = p.offer_id
    left join tenants c on c.realm_id = p.realm_id and c.id = coalesce(p.company_id, p.buyer_id)
    where p.bill_month = ${month}::date and ${within(sql`p.chain`, places)}
    order by c.name_key, o.product_key, o.rank, p.from_day, p.id`.execute(tx.tables())
  return rows
}

/**
 * The days of a month on which licenses of buyers above the edge were held below it. A day belongs to the last holder that it had, and the day of a
 * release counts; days of a trial and of inactivity do not. R-BILL-2, R-BILL-9, R-TRIAL-4, R-TREE-7.
 */
export async function listAssigned(tx: Transaction, places: readonly string[], month: string): Promise<AssignedFact[]> {
  const { rows } = await sql<AssignedFact>`
    with held as (
      select h.license_id, h.offer_id, coalesce(c.id, h.tenant_id) as customer_id, l.term,
        bit_count((app.days_between(${month}::date, (h.from_at at time zone 'UTC')::date, u.until_day)
          & app.days_from(${month}::date, (c.trial_ends_at at time zone 'UTC')::date) & ~app.paused_days(h.path, ${month}::date)
          & ((1::bigint << ${monthDays(month)}) - 1)::int)::bit(31))::int as days
      from license_holdings h
      join licenses l on l.realm_id = h.realm_id and l.id = h.license_id
      left join tenants c on c.realm_id = h.realm_id and c.id = h.customer_id
      cross join lateral (
        select case when h.to_at is null then null
          when exists (select 1 from license_holdings n where n.realm_id = h.realm_id and n.license_id = h.license_id and n.id <> h.id
            and n.from_at >= h.to_at and (n.from_at at time zone 'UTC')::date = (h.to_at at time zone 'UTC')::date)
          then (h.to_at at time zone 'UTC')::date else (h.to_at at time zone 'UTC')::date + 1 end as until_day) u
      where not h.is_trial and l.term is not null and ${within(sql`h.path`, places)}
        and not exists (select 1 from unnest(${[...places]}::text[]) e (place) where h.owner_path >= e.place and h.owner_path < e.place || '~')
        and h.from_at < (${month}::date + interval '1 month') and (h.to_at is null or h.to_at >= ${month}::date)
    )
    select h.customer_id, coalesce(t.name, 'Erased customer') as customer_name, h.offer_id, o.product, o.edition, o.charge_model, o.unit, h.term,
      sum(h.days)::int as days, count(distinct h.license_id)::int as licenses
    from held h join offers o on o.id = h.offer_id left join tenants t on t.id = h.customer_id
    where h.days > 0
    group by h.customer_id, t.name, t.name_key, h.offer_id, o.product, o.edition, o.charge_model, o.unit, o.product_key, o.rank, h.term
    order by t.name_key, o.product_key, o.rank, h.term`.execute(tx.tables())
  return rows
}

const monthDays = (month: string) =>
  sql`extract(day from (${month}::date + interval '1 month' - interval '1 day'))::int`

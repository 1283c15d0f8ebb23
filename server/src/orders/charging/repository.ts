import { type RawBuilder, sql } from 'kysely'
import { toBounds } from '../../kernel/tree.ts'
import type { Transaction } from '../../platform/database.ts'
import type { AssignedFact, PeriodFact } from './domain.ts'

/**
 * Where a month's charges by order stand: the deepest buyer of each, as `place`. Every edge from the vendor down to it may be charged. Assigned days
 * charge the edges below the buyer, down to the end customer.
 */
export const chargedPlaces = (month: string): RawBuilder<unknown> => sql`
  select chain as place from charged_periods where bill_month = ${month}::date
  union
  select case when site_id is null then place else left(place, -4) end from rated_holdings where month = ${month}::date and charged_days <> 0`

const within = (path: RawBuilder<unknown>, places: readonly string[]) =>
  sql`(${sql.join(
    places.map((top) => sql`${path} >= ${top} and ${path} < ${toBounds(top).hi}`),
    sql` or `,
  )})`

/** A period with the row that it takes back in the end, if it is a credit: a credit may take back a credit. */
const facts = (where: RawBuilder<unknown>) => sql<PeriodFact>`
  select p.id, p.credit_of, p.reason, p.order_id, p.buyer_id, coalesce(r.bill_month, f.bill_month, p.bill_month)::text as rated_month,
    coalesce(r.id, f.id, p.id) as root_id,
    exists (select 1 from charged_periods w where w.realm_id = p.realm_id and w.credit_of = p.id and w.reason = 'withdrawal'
      and w.bill_month = p.bill_month) as is_undone,
    coalesce(p.company_id, p.buyer_id) as customer_id, coalesce(c.name, 'Erased customer') as customer_name, p.offer_id, o.product, o.edition,
    o.charge_model, o.unit, p.term, p.payment_mode, p.periods, p.from_day, p.to_day, p.whole_from, p.whole_to, p.priced_on, p.quantity
  from charged_periods p
  left join charged_periods f on f.realm_id = p.realm_id and f.id = p.credit_of
  left join charged_periods r on r.realm_id = f.realm_id and r.id = f.credit_of
  join offers o on o.id = p.offer_id
  left join tenants c on c.realm_id = p.realm_id and c.id = coalesce(p.company_id, p.buyer_id)
  where ${where}
  order by c.name_key, o.product_key, o.rank, p.from_day, p.id`

/** The periods that stand on the invoice of an edge: of the buyer itself, or of buyers below it. */
export async function listPeriods(tx: Transaction, places: readonly string[], month: string): Promise<PeriodFact[]> {
  const { rows } = await facts(sql`p.bill_month = ${month}::date and ${within(sql`p.chain`, places)}`).execute(
    tx.tables(),
  )
  return rows
}

/** What began in the months, without credits: what tiers, packages and minimums are applied to. R-PRICE-1. */
export async function listRoots(
  tx: Transaction,
  places: readonly string[],
  months: readonly string[],
): Promise<PeriodFact[]> {
  const { rows } = await facts(
    sql`p.bill_month = any (${[...months]}::date[]) and p.credit_of is null and ${within(sql`p.chain`, places)}`,
  ).execute(tx.tables())
  return rows
}

/** The licenses whose holders stand below the edge and whose owner stands above: seen from one of its places. */
const assignedBelow = (month: string, places: readonly string[]) => sql`
  h.month = ${month}::date and h.charged_days <> 0 and ${within(sql`h.place`, places)}
  and not exists (select 1 from unnest(${[...places]}::text[]) e (place) where h.owner_place >= e.place and h.owner_place < e.place || '~')`

/** The days of a month on which licenses of buyers above the edge were held below it, as they were rated. R-BILL-2, R-BILL-9. */
export async function listAssigned(tx: Transaction, places: readonly string[], month: string): Promise<AssignedFact[]> {
  const { rows } = await sql<AssignedFact>`
    select h.customer_id, coalesce(t.name, 'Erased customer') as customer_name, h.offer_id, o.product, o.edition, o.charge_model, o.unit, h.term,
      sum(bit_count(h.charged_days::bit(31)))::int as days, count(distinct h.license_id)::int as licenses
    from rated_holdings h join offers o on o.id = h.offer_id left join tenants t on t.id = h.customer_id
    where ${assignedBelow(month, places)}
    group by h.customer_id, t.name, t.name_key, h.offer_id, o.product, o.edition, o.charge_model, o.unit, o.product_key, o.rank, h.term
    order by t.name_key, o.product_key, o.rank, h.term`.execute(tx.tables())
  return rows
}

/**
 * Keeps the days of a month on which licenses were held in a realm, once, by the places of holder and owner: a day belongs to the last holder that it
 * had, and the day of a release counts; days of a trial and of inactivity are not charged. R-BILL-2, R-BILL-9, R-TRIAL-4, R-TREE-7.
 */
export async function rateHoldings(tx: Transaction, realmId: bigint, month: string): Promise<void> {
  const isElsewhere = (tenant: string) =>
    sql`exists (select 1 from former_places f where f.tenant_id = ${sql.ref(tenant)} and f.until_day > ${month}::date)`
  await sql`
    insert into rated_holdings (realm_id, month, holding_id, place, owner_place, path, license_id, offer_id, term, holder_kind, holder_id, customer_id,
      site_id, days, charged_days)
    with held as (
      select h.*, app.days_between(${month}::date, (h.from_at at time zone 'UTC')::date, case
        when h.to_at is null then null
        when exists (select 1 from license_holdings n where n.realm_id = h.realm_id and n.license_id = h.license_id and n.id <> h.id
          and n.from_at >= h.to_at and (n.from_at at time zone 'UTC')::date = (h.to_at at time zone 'UTC')::date)
        then (h.to_at at time zone 'UTC')::date else (h.to_at at time zone 'UTC')::date + 1 end) as held_days
      from license_holdings h
      where h.realm_id = ${realmId} and not h.is_trial and h.term is not null and h.from_at < (${month}::date + interval '1 month') at time zone 'UTC'
        and (h.to_at is null or h.to_at >= ${month}::date at time zone 'UTC')
    ), placed as (
      select h.*, p.place, w.place as owner_place, h.held_days & p.days & w.days & ((1::bigint << ${monthDays(month)}) - 1)::int as days
      from held h
      cross join lateral (
        select h.path as place, -1 as days where not ${isElsewhere('h.tenant_id')}
        union all select t.place, t.days from app.places_of(h.tenant_id, h.path, ${month}::date) t where ${isElsewhere('h.tenant_id')}) p
      cross join lateral (
        select h.owner_path as place, -1 as days where not ${isElsewhere('h.owner_id')}
        union all select t.place, t.days from app.places_of(h.owner_id, h.owner_path, ${month}::date) t where ${isElsewhere('h.owner_id')}) w
    )
    select h.realm_id, ${month}::date, h.id, h.place, h.owner_place, h.path, h.license_id, h.offer_id, h.term, h.holder_kind, h.holder_id, c.id,
      case when c.id <> h.tenant_id then h.tenant_id end, h.days,
      h.days & app.days_from(${month}::date, (c.trial_ends_at at time zone 'UTC')::date) & ~app.paused_days(h.place, ${month}::date) & ~coalesce(x.days, 0)
    from placed h
    join offers o on o.id = h.offer_id
    join lateral (select u.id, u.trial_ends_at, u.level from app.tenant_at(h.place) t
      cross join lateral app.tenant_at(case when t.level = 'site' then left(h.place, -4) else h.place end) u limit 1) c on true
    left join app.device_trial_days(${month}::date) x on x.realm_id = h.realm_id and x.device_id = h.holder_id and x.product_key = o.product_key
    where h.days <> 0 and h.place <> h.owner_place and starts_with(h.place, h.owner_place)`.execute(tx.tables())
}

const monthDays = (month: string) =>
  sql`extract(day from (${month}::date + interval '1 month' - interval '1 day'))::int`

import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { toBounds } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'

/**
 * One device of one customer for one offer in a month. `days` begin with the subscription, `charged_days` after the trial. `place` is where its
 * tenant stood. What has moved in the month or since has a row for each place, and `of_days`: its charged days at all places.
 */
export type UnitRow = {
  realm_id: bigint
  customer_id: string
  offer_id: string
  device_id: string
  path: string
  place: string
  site_id: string | null
  from_day: string | null
  until_day: string | null
  days: number
  charged_days: number
  of_days: number | null
}

const hasMoved = sql<SqlBool>`exists (select 1 from former_places f where f.tenant_id = m.tenant_id and f.until_day > m.month)`

/**
 * The units of a month as the day maps have them now, of tenants that stood where they stand all along. R-ACT-1: any signal on a charged day makes
 * the device a unit; R-TRIAL-4: a day that a trial
 * covers, the customer's, the subscription's or the device's, is not charged; R-TREE-7: nor is one on which the tenant or one above it was
 * inactive from its beginning; a site's use stands with its end customer. `where` bounds `m`.
 */
export const liveUnits = (month: string, where: RawBuilder<unknown>): RawBuilder<UnitRow> => sql<UnitRow>`
  select u.realm_id, u.customer_id, u.offer_id, u.device_id, u.path, u.path as place, u.site_id, null::date as from_day, null::date as until_day,
    u.days, u.charged_days, null::int as of_days
  from (
    select m.realm_id, s.tenant_id as customer_id, s.offer_id, m.device_id, m.path,
      case when m.tenant_id = s.tenant_id then null else m.tenant_id end as site_id,
      m.days & s.days & ~p.days as days,
      m.days & s.days & ~p.days & ~s.trial_days & ~coalesce(x.days, 0) & app.days_from(m.month, (c.trial_ends_at at time zone 'UTC')::date) as charged_days
    from device_months m
    join app.subscribed_days(${month}::date) s on s.realm_id = m.realm_id and s.path in (m.path, left(m.path, -4))
    left join app.device_trial_days(${month}::date) x on x.realm_id = m.realm_id and x.device_id = m.device_id and x.product_key = s.product_key
    join offers o on o.id = s.offer_id and o.charge_model = 'active_use'
    join tenants c on c.realm_id = s.realm_id and c.id = s.tenant_id
    cross join lateral (
      select coalesce(bit_or(app.days_between(m.month, p.from_day, p.to_day)), 0) as days from tenant_pauses p
      where p.path = any (app.lineage(m.path)) and p.from_day < (m.month + interval '1 month')
        and (p.to_day is null or p.to_day > m.month)
    ) p
    where m.month = ${month}::date and ${where} and not ${hasMoved}
  ) u
  where u.days <> 0`

/**
 * The units of tenants that have moved in the month or since, as the day maps have them now: a row for each place, also where a unit has no day.
 * R-BILL-9: the atom is the day, and the day of a move belongs to the new chain. `rated_in` is the realm in which they are rated.
 */
export const liveParts = (month: string, where: RawBuilder<unknown>): RawBuilder<UnitRow & { rated_in: bigint }> => sql<
  UnitRow & { rated_in: bigint }
>`
  select u.* from (
    select c.customer_realm as realm_id, m.realm_id as rated_in, c.customer_id, c.offer_id, m.device_id, c.path, c.place, c.site_id, c.from_day, c.until_day,
      m.days & c.counted as days, m.days & c.charged & ~coalesce(x.days, 0) as charged_days,
      (sum(bit_count((m.days & c.charged & ~coalesce(x.days, 0))::bit(31))) over unit)::int as of_days, bit_or(m.days & c.counted) over unit as any_days
    from device_months m
    cross join lateral app.charged_stays(m.tenant_id, m.path, m.month) c
    join offers o on o.id = c.offer_id and o.charge_model = 'active_use'
    left join app.device_trial_days(${month}::date) x on x.realm_id = m.realm_id and x.device_id = m.device_id and x.product_key = o.product_key
    where m.month = ${month}::date and ${where} and ${hasMoved}
    window unit as (partition by m.device_id, c.offer_id)
  ) u
  where u.any_days <> 0`

/** Whom a report is about: the places that the tenant has had, the present one first. */
export type Subject = { tenantId: string; places: readonly string[] }

/** Throws nothing: a tenant out of the scope has no places. */
export async function readSubject(tx: Transaction, tenant: { id: string; path: string }): Promise<Subject> {
  const { rows } = await sql<{ place: string }>`
    select f.place from former_places f where f.tenant_id = ${tenant.id} order by f.moved_at desc`.execute(tx.tables())
  return { tenantId: tenant.id, places: [tenant.path, ...rows.map(({ place }) => place)] }
}

export const within = (place: RawBuilder<unknown>, { places }: Subject): RawBuilder<unknown> =>
  sql`(${sql.join(
    places.map((top) => sql`${place} >= ${top} and ${place} < ${toBounds(top).hi}`),
    sql` or `,
  )})`

/** A unit as a report has it: the stays of a device in the chain of whom it is about are one. */
export type ReportedUnit = {
  customer_id: string
  customer_place: string
  offer_id: string
  device_id: string
  site_id: string | null
  days: number
  charged_days: number
  of_days: number | null
  from_days: string[] | null
  until_days: (string | null)[] | null
}

/**
 * The units of a month in the chain of a tenant: as they were rated where they were, so that a report is what was invoiced; else as they are now.
 * `where` bounds `m` to the scope.
 */
export const unitsOf = (month: string, where: RawBuilder<unknown>, subject: Subject): RawBuilder<ReportedUnit> => {
  const here = sql`${where} and ${within(sql`m.path`, subject)}`
  const wasHere = sql`m.tenant_id in (select f.tenant_id from former_places f where f.until_day > ${month}::date and ${within(sql`f.place`, subject)})`
  return sql<ReportedUnit>`
    ${ratedUnits(month, where, subject)}
    union all
    select ${wholeUnit(sql`l.place`)} from (${liveUnits(month, here)}) l where ${isUnrated(month, 'l.realm_id')}
    union all
    ${mergeStays(sql`
      ${ratedParts(month, where, subject)}
      union all
      select ${stay('l')} from (${liveParts(month, sql`${where} and (${within(sql`m.path`, subject)} or ${wasHere})`)}) l
      where ${isUnrated(month, 'l.rated_in')} and ${within(sql`l.place`, subject)}`)}`
}

export type Edge = { sellerId: string; buyerId: string }

/** The rated units on an edge that one end is asked about, whoever stands above the customer now. R-BILL-6. */
export const unitsOnEdge = (
  month: string,
  where: RawBuilder<unknown>,
  subject: Subject,
  { sellerId, buyerId }: Edge,
): RawBuilder<ReportedUnit> => {
  const onEdge = (place: RawBuilder<unknown>) =>
    sql`exists (select 1 from app.edge_places(${sellerId}, ${buyerId}) e (place) where ${place} >= e.place and ${place} < e.place || '~')`
  return sql<ReportedUnit>`
    ${ratedUnits(month, sql`${where} and ${onEdge(ratedPlace)}`, subject)}
    union all
    ${mergeStays(sql`select r.* from (${ratedParts(month, where, subject)}) r where ${onEdge(sql`r.place`)}`)}`
}

export const isUnrated = (month: string, realm: string) =>
  sql`not exists (select 1 from rated_months r where r.realm_id = ${sql.ref(realm)} and r.month = ${month}::date)`

const customerPlace = (place: RawBuilder<unknown>) =>
  sql`case when site_id is null then ${place} else left(${place}, -4) end`

const wholeUnit = (
  place: RawBuilder<unknown>,
) => sql`customer_id, ${customerPlace(place)} as customer_place, offer_id, device_id, site_id, days, charged_days,
  null::int as of_days, null::text[] as from_days, null::text[] as until_days`

const stay = (alias: string) =>
  sql.raw(
    [
      'customer_id',
      'offer_id',
      'device_id',
      'place',
      'site_id',
      'from_day',
      'until_day',
      'days',
      'charged_days',
      'of_days',
    ]
      .map((column) => `${alias}.${column}`)
      .join(', '),
  )

/** The place that a unit was rated at; what is older than that column stands where it was rated. */
const ratedPlace = sql`coalesce(m.chain, m.path)`

const ratedUnits = (month: string, where: RawBuilder<unknown>, subject: Subject): RawBuilder<unknown> => sql`
  select ${wholeUnit(ratedPlace)} from rated_units m where m.month = ${month}::date and ${where} and ${within(ratedPlace, subject)}`

/** The parts inside `where`, and what has left the sight of whom the report is about since it was rated. */
const ratedParts = (month: string, where: RawBuilder<unknown>, subject: Subject): RawBuilder<unknown> => sql`
  select ${stay('m')} from rated_parts m where m.month = ${month}::date and ${where} and ${within(sql`m.place`, subject)}
  union all
  select ${stay('b')} from app.rated_beyond(${subject.tenantId}, ${month}::date) b`

const mergeStays = (rows: RawBuilder<unknown>): RawBuilder<ReportedUnit> => sql<ReportedUnit>`
  select u.customer_id, min(${customerPlace(sql`u.place`)}) as customer_place, u.offer_id, u.device_id, u.site_id,
    bit_or(u.days) as days, bit_or(u.charged_days) as charged_days, max(u.of_days) as of_days,
    array_agg(u.from_day::text) as from_days, array_agg(u.until_day::text) as until_days
  from (${rows}) u
  group by u.customer_id, u.offer_id, u.device_id, u.site_id
  having bit_or(u.days) <> 0`

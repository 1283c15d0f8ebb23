import { type RawBuilder, sql } from 'kysely'

/** A device of a customer in a month of a peak offer, at one place. */
export type PeakRow = {
  realm_id: bigint
  customer_id: string
  offer_id: string
  device_id: string
  place: string
  path: string
  site_id: string | null
  metric: string
  from_day: string | null
  until_day: string | null
  days: number
  charged_days: number
  of_days: number | null
  peak: bigint
  peak_on: string | null
  is_own: boolean
  deleted_on: string | null
}

export const peakColumns = (alias: string): RawBuilder<unknown> =>
  sql.raw(
    (
      'realm_id customer_id offer_id device_id place path site_id metric from_day until_day days charged_days of_days peak ' +
      'peak_on is_own deleted_on'
    )
      .split(' ')
      .map((column) => `${alias}.${column}`)
      .join(', '),
  )

/** What a row that says something of a later month looks like: a device that came back in the month it was uninstalled in leaves none. */
const speaks = (alias: string) =>
  sql.raw(`(${alias}.highest <> '{}' or ${alias}.is_uninstalled or ${alias}.deleted_on is not null)`)

/** The value of each day of a month, per device and metric, up to a day of it. `where` bounds `m`. R-ACT-7. */
const valuesOf = (month: string, lastDay: number, where: RawBuilder<unknown>) => sql`
  select v.*, app.peak_map(v.day_values) as present from (
    select m.realm_id, m.device_id, m.metric, m.tenant_id, m.path, ${month}::date as month,
      case when m.month = ${month}::date then m.deleted_on end as deleted_on,
      case when m.month < ${month}::date then app.peak_days('{}', app.peak_left(m.highest, m.is_uninstalled, m.deleted_on), ${lastDay}::int)
        else app.peak_days(m.highest, (
          select app.peak_left(p.highest, p.is_uninstalled, p.deleted_on) from device_peaks p
          where p.realm_id = m.realm_id and p.device_id = m.device_id and p.metric = m.metric and p.month < ${month}::date and ${speaks('p')}
          order by p.month desc limit 1
        ), least(${lastDay}::int, extract(day from m.deleted_on)::int)) end as day_values
    from (
      select distinct on (m.realm_id, m.device_id, m.metric) m.* from device_peaks m
      where m.month <= ${month}::date and ${where} and ${speaks('m')}
      order by m.realm_id, m.device_id, m.metric, m.month desc
    ) m
  ) v`

const hasMoved = sql`exists (select 1 from former_places f where f.tenant_id = m.tenant_id and f.until_day > m.month)`
/** Used storage that the customer brings is not ours to charge. R-ACT-7. */
const isOwn = (tenant: string) =>
  sql`(m.metric = 'used_storage' and ${sql.ref(`${tenant}.service_type`)} is distinct from 'all_inclusive')`

/**
 * The month's highest values as the reports have them now. R-ACT-7. Charged are the days that no trial and no pause covers, as `liveUnits` and
 * `liveParts` of usage have them (R-TRIAL-4, R-TREE-7, R-BILL-9); what has moved in the month or since has a row for each place, and `of_days`.
 * `where` bounds `m`; `rated_in` is the realm in which it is rated.
 */
export const livePeaks = (
  month: string,
  lastDay: number,
  where: RawBuilder<unknown>,
): RawBuilder<PeakRow & { rated_in: bigint }> => sql<PeakRow & { rated_in: bigint }>`
  select u.realm_id, u.rated_in, u.customer_id, u.offer_id, u.device_id, u.path, u.place, u.site_id, u.metric, u.from_day, u.until_day, u.days,
    u.charged_days, u.of_days, u.is_own, u.deleted_on, coalesce(k.peak, 0) as peak, ${month}::date + (k.peak_day - 1) as peak_on
  from (
    with valued as materialized (${valuesOf(month, lastDay, where)})
    ${wholePeaks(month)}
    union all
    ${dividedPeaks(month)}
  ) u
  left join lateral app.peak_of(u.day_values, case when u.charged_days <> 0 then u.charged_anywhere else u.days end) k on true
  where u.any_days <> 0`

const wholePeaks = (month: string) => sql`
  select w.*, w.charged_days as charged_anywhere, w.days as any_days, null::int as of_days from (
    select m.realm_id, m.realm_id as rated_in, s.tenant_id as customer_id, s.offer_id, m.device_id, m.path, m.path as place,
      case when m.tenant_id = s.tenant_id then null else m.tenant_id end as site_id, m.metric, null::date as from_day, null::date as until_day,
      m.day_values, m.deleted_on, ${isOwn('c')} as is_own, m.present & s.days & ~p.days as days,
      case when ${isOwn('c')} then 0 else m.present & s.days & ~p.days & ~s.trial_days & ~coalesce(x.days, 0)
        & app.days_from(m.month, (c.trial_ends_at at time zone 'UTC')::date) end as charged_days
    from valued m
    join app.subscribed_days(${month}::date) s on s.realm_id = m.realm_id and s.path in (m.path, left(m.path, -4))
    join offers o on o.id = s.offer_id and o.charge_model = 'peak' and o.metric = m.metric
    join tenants c on c.realm_id = s.realm_id and c.id = s.tenant_id
    left join app.device_trial_days(${month}::date) x on x.realm_id = m.realm_id and x.device_id = m.device_id and x.product_key = s.product_key
    cross join lateral (
      select coalesce(bit_or(app.days_between(m.month, p.from_day, p.to_day)), 0) as days from tenant_pauses p
      where p.path = any (app.lineage(m.path)) and p.from_day < (m.month + interval '1 month') and (p.to_day is null or p.to_day > m.month)
    ) p
    where m.present <> 0 and not ${hasMoved}
  ) w`

const dividedPeaks = (month: string) => sql`
  select d.*, bit_or(d.charged_days) over unit as charged_anywhere, bit_or(d.days) over unit as any_days,
    (sum(bit_count(d.charged_days::bit(31))) over unit)::int as of_days
  from (
    select c.customer_realm as realm_id, m.realm_id as rated_in, c.customer_id, c.offer_id, m.device_id, c.path, c.place, c.site_id, m.metric,
      c.from_day, c.until_day, m.day_values, m.deleted_on, ${isOwn('t')} as is_own, m.present & c.counted as days,
      case when ${isOwn('t')} then 0 else m.present & c.charged & ~coalesce(x.days, 0) end as charged_days
    from valued m
    cross join lateral app.charged_stays(m.tenant_id, m.path, m.month) c
    join offers o on o.id = c.offer_id and o.charge_model = 'peak' and o.metric = m.metric
    left join tenants t on t.realm_id = c.customer_realm and t.id = c.customer_id
    left join app.device_trial_days(${month}::date) x on x.realm_id = m.realm_id and x.device_id = m.device_id and x.product_key = o.product_key
    where m.present <> 0 and ${hasMoved}
  ) d
  window unit as (partition by d.device_id, d.offer_id)`

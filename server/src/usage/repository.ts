import { type RawBuilder, sql } from 'kysely'

/** One device of one customer for one offer in a month. `days` begin with the subscription, `charged_days` after the trial. */
export type UnitRow = {
  realm_id: bigint
  customer_id: string
  customer_path: string
  offer_id: string
  device_id: string
  path: string
  site_id: string | null
  days: number
  charged_days: number
  units: number
}

/**
 * The units of a month as the day maps have them now. R-ACT-1: any signal on a charged day makes the device a unit; R-TRIAL-4: a day that
 * the customer's trial covers is not charged; R-TREE-7: nor is one on which the tenant or one above it was inactive from its beginning; a site's use
 * stands with its end customer. `where` bounds `m`.
 */
export const liveUnits = (month: string, where: RawBuilder<unknown>): RawBuilder<UnitRow> => sql<UnitRow>`
  select u.realm_id, u.customer_id, u.customer_path, u.offer_id, u.device_id, u.path, u.site_id, u.days, u.charged_days,
    case when u.charged_days = 0 then 0 else 1 end as units
  from (
    select m.realm_id, s.tenant_id as customer_id, s.path as customer_path, s.offer_id, m.device_id, m.path,
      case when m.tenant_id = s.tenant_id then null else m.tenant_id end as site_id,
      m.days & app.days_from(m.month, s.started_on) & ~p.days as days,
      m.days & app.days_from(m.month, s.started_on) & ~p.days & app.days_from(m.month, (c.trial_ends_at at time zone 'UTC')::date) as charged_days
    from device_months m
    join subscriptions s on s.realm_id = m.realm_id and s.path in (m.path, left(m.path, -4)) and s.state <> 'ended'
    join offers o on o.id = s.offer_id and o.charge_model = 'active_use'
    join tenants c on c.realm_id = s.realm_id and c.id = s.tenant_id
    cross join lateral (
      select coalesce(bit_or(app.days_between(m.month, p.from_day, p.to_day)), 0) as days from tenant_pauses p
      where p.path = any (app.lineage(m.path)) and p.from_day < (m.month + interval '1 month')
        and (p.to_day is null or p.to_day > m.month)
    ) p
    where m.month = ${month}::date and ${where}
  ) u
  where u.days <> 0`

/** The units of a month: as they were rated where they were, so that a report is what was invoiced; else as they are now. */
export const unitsOf = (month: string, where: RawBuilder<unknown>): RawBuilder<UnitRow> => sql<UnitRow>`
  select m.realm_id, m.customer_id, case when m.site_id is null then m.path else left(m.path, -4) end as customer_path, m.offer_id,
    m.device_id, m.path, m.site_id, m.days, m.charged_days, m.units
  from rated_units m where m.month = ${month}::date and ${where}
  union all
  select l.* from (${liveUnits(month, where)}) l
  where not exists (select 1 from rated_months r where r.realm_id = l.realm_id and r.month = ${month}::date)`

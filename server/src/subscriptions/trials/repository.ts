import { type SqlBool, sql } from 'kysely'
import type { Instant } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import { claimEnding, type Ending, type TenantRecord } from '../../tenants/index.ts'

export const claimEndingSubscriptions = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'subscriptions',
    startedAt: sql`d.created_at`,
    endsAt: 'trial_ends_at',
    announced: 'announced_days',
    running: sql<SqlBool>`d.state = 'in_trial'`,
  })

export const claimEndingDevices = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'device_trials',
    startedAt: sql`d.started_at`,
    endsAt: 'ends_at',
    announced: 'announced_days',
    running: sql<SqlBool>`d.outcome = 'running'`,
  })

/** Trial licenses that somebody has used: the clock of others does not run. R-LIC-9. */
export const claimEndingLicenses = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'licenses',
    // The day of its first assignment, told from its end.
    startedAt: sql`d.trial_ends_at - make_interval(days => 1 + coalesce((select o.trial_days from offers o where o.id = d.offer_id), 15))`,
    endsAt: 'trial_ends_at',
    announced: 'announced_days',
    running: sql<SqlBool>`d.is_trial and d.state in ('unassigned', 'assigned')`,
  })

export type What = { what: string; at_end: 'convert' | 'deactivate' | 'take_from_pool' | 'expire' }

export async function describeSubscription(tx: Transaction, { realm_id, id }: Ending): Promise<What | null> {
  const { rows } = await sql<What>`
    select o.product || ' ' || o.edition as what, s.trial_end_policy as at_end
    from subscriptions s join offers o on o.id = s.offer_id where s.realm_id = ${realm_id} and s.id = ${id}`.execute(
    tx.tables(),
  )
  return rows[0] ?? null
}

export async function describeDevice(
  tx: Transaction,
  { realm_id, id }: Ending,
  customer: Customer,
): Promise<What | null> {
  const { rows } = await sql<What>`
    select o.product || ' ' || o.edition || ' on ' || d.host_name as what,
      case when x.end_policy = 'take_from_pool' and s.take = 'manual' then 'expire' else x.end_policy end as at_end
    from device_trials x join offers o on o.id = x.offer_id
    join devices d on d.realm_id = x.realm_id and d.id = x.device_id and d.state not in ('deleted', 'uninstalled')
    left join pool_settings s on s.realm_id = x.realm_id and s.tenant_id = ${customer.id}
    where x.realm_id = ${realm_id} and x.id = ${id}`.execute(tx.tables())
  return rows[0] ?? null
}

/** Of a subscriber no name is written down: it stands in one table. R-KEEP-2. Without a holder, or where take is manual, nothing is taken at the end. */
export async function describeLicense(
  tx: Transaction,
  { realm_id, id }: Ending,
  tenant: Customer,
): Promise<What | null> {
  const { rows } = await sql<What>`
    select o.product || ' ' || o.edition || case l.holder_kind when 'subscriber' then ' of a subscriber' else coalesce(' on ' || h.name, '') end as what,
      case when l.holder_id is not null and o.trial_end_policy in ('convert', 'take_from_pool') and coalesce(s.take, 'automatic') = 'automatic'
        then 'take_from_pool' else 'expire' end as at_end
    from licenses l join offers o on o.id = l.offer_id
    left join pool_settings s on s.realm_id = l.realm_id and s.tenant_id = ${tenant.id}
    left join lateral (
      select d.host_name as name from devices d where l.holder_kind = 'device' and d.realm_id = l.realm_id and d.id = l.holder_id
      union all
      select g.name from gateways g where l.holder_kind = 'gateway' and g.realm_id = l.realm_id and g.id = l.holder_id
      union all
      select m.name from domains m where l.holder_kind = 'domain' and m.realm_id = l.realm_id and m.id = l.holder_id) h on true
    where l.realm_id = ${realm_id} and l.id = ${id}`.execute(tx.tables())
  return rows[0] ?? null
}

export type Customer = Pick<TenantRecord, 'realm_id' | 'id' | 'path' | 'level' | 'name'>

/** The partner or end customer at a path, or the customer of the site there; null where it or one above it is closed. */
export async function findCustomer(tx: Transaction, { realm_id, path }: Ending): Promise<Customer | null> {
  const { rows } = await sql<Customer>`
    select t.realm_id, t.id, t.path, t.level, t.name from tenants t
    where t.realm_id = ${realm_id} and t.path in (${path}, left(${path}, -4)) and t.level <> 'site' and not app.is_closed(${path})
    order by t.path desc limit 1`.execute(tx.tables())
  return rows[0] ?? null
}

export type Reader = { address: string; name: string | null }

/** Its contact; where there is none, its superusers and administrators. */
export async function listReaders(tx: Transaction, { realm_id, id }: Customer): Promise<Reader[]> {
  const { rows } = await sql<Reader>`
    with contact as (
      select c.contact_email as address, c.contact_name as name from companies c
      where c.realm_id = ${realm_id} and c.tenant_id = ${id} and c.contact_email is not null
    )
    select address, name from contact
    union all
    select u.email, u.name from users u
    where u.realm_id = ${realm_id} and u.tenant_id = ${id} and u.role in ('superuser', 'administrator') and not exists (select 1 from contact)`.execute(
    tx.tables(),
  )
  return rows
}

/** The tenant that a link in a mail names. */
export async function findTenant(tx: Transaction, id: string): Promise<Customer | null> {
  const { rows } = await sql<Customer>`
    select t.realm_id, t.id, t.path, t.level, t.name from tenants t where t.id = ${id}`.execute(tx.tables())
  return rows[0] ?? null
}

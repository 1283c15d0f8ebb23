import { type SqlBool, sql } from 'kysely'
import type { Instant } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import { claimEnding, type Ending, type TenantRecord } from '../../tenants/index.ts'

export const claimEndingSubscriptions = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'subscriptions',
    startedAt: 'created_at',
    endsAt: 'trial_ends_at',
    announced: 'announced_days',
    running: sql<SqlBool>`d.state = 'in_trial'`,
  })

export const claimEndingDevices = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'device_trials',
    startedAt: 'started_at',
    endsAt: 'ends_at',
    announced: 'announced_days',
    running: sql<SqlBool>`d.outcome = 'running'`,
  })

export type What = { what: string; at_end: 'convert' | 'deactivate' | 'take_from_pool' }

export async function describeSubscription(tx: Transaction, { realm_id, id }: Ending): Promise<What | null> {
  const { rows } = await sql<What>`
    select o.product || ' ' || o.edition as what, s.trial_end_policy as at_end
    from subscriptions s join offers o on o.id = s.offer_id where s.realm_id = ${realm_id} and s.id = ${id}`.execute(
    tx.tables(),
  )
  return rows[0] ?? null
}

export async function describeDevice(tx: Transaction, { realm_id, id }: Ending): Promise<What | null> {
  const { rows } = await sql<What>`
    select o.product || ' ' || o.edition || ' on ' || d.host_name as what, x.end_policy as at_end
    from device_trials x join offers o on o.id = x.offer_id
    join devices d on d.realm_id = x.realm_id and d.id = x.device_id and d.state not in ('deleted', 'uninstalled')
    where x.realm_id = ${realm_id} and x.id = ${id}`.execute(tx.tables())
  return rows[0] ?? null
}

export type Customer = Pick<TenantRecord, 'realm_id' | 'id' | 'path' | 'level' | 'name'>

/** The end customer at a path, or that of the site there; null where it or one above it is closed. */
export async function findCustomer(tx: Transaction, { realm_id, path }: Ending): Promise<Customer | null> {
  const { rows } = await sql<Customer>`
    select t.realm_id, t.id, t.path, t.level, t.name from tenants t
    where t.realm_id = ${realm_id} and t.path in (${path}, left(${path}, -4)) and t.level = 'end_customer' and not app.is_closed(${path})`.execute(
    tx.tables(),
  )
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

import type pg from 'pg'
import { surnames } from '../tree/words.ts'

type Wanted = { tenantId: string; offerId: string; rows: number }

/**
 * Licenses of one type in the pool of a reseller and the persons that hold four of five, spread over its customers: as orders and assigning would
 * leave them, without their history. Signed in as the superuser, whom no policy holds.
 */
export async function loadLicenses(client: pg.Client, { tenantId, offerId, rows }: Wanted): Promise<void> {
  await client.query('begin')
  await client.query(
    `set local session_replication_role = replica; set local synchronous_commit = off; set local work_mem = '256MB'`,
  )
  await client.query(
    `create temp table planned on commit drop as
     select n, uuidv7() as id, uuidv7() as person, n % 20 < 16 as is_held, n % 20 = 19 as is_expired, n % 20 = 18 as is_trial,
       date '2026-01-01' + (400 + n * 7 % 330)::int as ends_on, r.realm_id, r.path as owner_path, c.id as customer, c.path as customer_path
     from generate_series(0, $2::int - 1) n
     join tenants r on r.id = $1
     join lateral (select t.id, t.path from tenants t where t.parent_id = r.id order by t.name offset n % 4 limit 1) c on true`,
    [tenantId, rows],
  )
  await client.query(
    `insert into subscribers (realm_id, id, path, tenant_id, customer_id, state, created_at)
     select realm_id, person, customer_path, customer, customer, 'activated', '2026-01-05T08:00Z' from planned where is_held`,
  )
  await client.query(
    `insert into subscriber_persons (realm_id, subscriber_id, path, customer_id, name, name_key, email, email_key)
     select realm_id, person, customer_path, customer, named.name, lower(named.name), named.email, named.email from planned
     cross join lateral (select chr(65 + n % 26) || 'da' || n || ' ' || ($1::text[])[1 + n * 7 % 60] as name,
       'p' || n || '@' || $2 || '.example' as email) named where is_held`,
    [surnames, offerId],
  )
  await client.query(
    `insert into licenses (realm_id, id, path, owner_id, owner_path, pool_id, pool_path, offer_id, product_key, unit, charge_model, state,
       holder_kind, holder_id, holder_tenant_id, assigned_at, term, starts_on, ends_on, committed_to, auto_renew, is_trial, created_at)
     select realm_id, p.id, case when is_held then customer_path else owner_path end, $1, owner_path, $1, owner_path, o.id, o.product_key, o.unit,
       o.charge_model, case when is_held then 'assigned' when is_expired then 'expired' else 'unassigned' end,
       case when is_held then 'subscriber' end, case when is_held then person end, case when is_held then customer end,
       case when is_held then timestamptz '2026-01-06T08:00Z' end, case when not is_trial then 'monthly' end, '2026-01-05',
       case when is_expired then date '2026-03-31' when not is_trial then ends_on end, case when not is_trial then ends_on end,
       n % 10 > 0 and not is_expired and not is_trial, is_trial, '2026-01-05T08:00Z'
     from planned p join offers o on o.id = $2 order by p.id`,
    [tenantId, offerId],
  )
  await client.query(
    `insert into license_holdings (realm_id, id, path, license_id, offer_id, owner_id, owner_path, holder_kind, holder_id, tenant_id, customer_id, is_trial, from_at)
     select realm_id, uuidv7(), customer_path, id, $2, $1, owner_path, 'subscriber', person, customer, customer, false, '2026-01-06T08:00Z'
     from planned where is_held`,
    [tenantId, offerId],
  )
  await client.query(
    `insert into pool_numbers (realm_id, pool_id, unit, path, total, unassigned)
     select realm_id, $1, 'user', min(owner_path), count(*) filter (where not is_expired), count(*) filter (where not is_held and not is_expired)
     from planned group by realm_id
     on conflict (realm_id, pool_id, unit) do update set total = pool_numbers.total + excluded.total, unassigned = pool_numbers.unassigned + excluded.unassigned`,
    [tenantId],
  )
  await client.query('commit')
}

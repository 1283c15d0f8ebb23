import type pg from 'pg'
import { blocks, type Shape } from './shape.ts'
import { cities, forms, parts, surnames, trades } from './words.ts'

/**
 * Fills an empty, migrated database that has its vendor with the tenants of the shape, by a handful of statements: the one place where rows
 * are made by SQL. Signed in as the superuser, whom no policy holds. Tenants of all branches stand mixed on the disk, as if they had been
 * made over three years, and secondary indexes are made anew behind the rows, as the migrations define them.
 */
export async function loadTree(client: pg.Client, shape: Shape): Promise<void> {
  await client.query('begin')
  // Foreign keys need not be checked row by row: the last statement looks at all of them.
  await client.query(`set local session_replication_role = replica; set local synchronous_commit = off;
    set local work_mem = '256MB'; set local maintenance_work_mem = '256MB'`)
  const indexes = await dropIndexes(client)
  await placeNodes(client, shape)
  await insertTenants(client)
  for (const statement of beside) await client.query(statement)
  for (const definition of indexes) await client.query(definition)
  await client.query('commit')
  await client.query('vacuum (analyze)')
  await checkParents(client)
}

const tables = ['tenants', 'companies', 'tenant_brands', 'tenant_sums']

/** Answers the definitions of the indexes that no constraint needs, which are gone then. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
     where i.indrelid::regclass::text = any ($1) and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)`,
    [tables],
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ definition }) => definition)
}

async function placeNodes(client: pg.Client, { places }: Shape): Promise<void> {
  const rows = Object.entries(blocks).flatMap(([block, nodes]) => nodes.map((node) => ({ block, ...node })))
  await client.query(
    `create temp table block_rows on commit drop as
    select * from json_to_recordset($1) as r (block text, at text, level text)`,
    [JSON.stringify(rows)],
  )
  await client.query(
    `create temp table nodes on commit drop as
    select p.path || r.at collate "C" as path, p.realm_id, r.level,
      row_number() over () as n, timestamptz '2024-01-01T00:00Z' + random() * interval '1050 days' as created_at
    from json_to_recordset($1) as p (block text, path text, realm_id bigint) join block_rows r using (block)`,
    [JSON.stringify(places.map(({ block, path, realmId }) => ({ block, path, realm_id: realmId })))],
  )
  await client.query(`create temp table families on commit drop as
    select left(path, -4) collate "C" as path, count(*)::int as children from nodes group by 1`)
  await client.query(`create temp table known on commit drop as
    select path, realm_id, level, n, created_at, uuidv7(created_at - clock_timestamp()) as id from nodes`)
  await client.query('insert into known select path, realm_id, level, 0, created_at, id from tenants')
  await client.query('analyze known; analyze families')
}

/** Neighbors take names far apart: no two siblings have the same. */
async function insertTenants(client: pg.Client): Promise<void> {
  await client.query(
    `insert into tenants (realm_id, id, path, parent_id, local_parent_id, level, name, name_key, service_type, provided_service_types,
       device_country, storage_location, state, auto_add_clients, email_reports, send_welcome_mail, child_counter, child_count, created_at)
     select k.realm_id, k.id, k.path, p.id, case when p.realm_id = k.realm_id then p.id end, k.level, named.name, lower(named.name),
       'all_inclusive', case when k.level in ('end_customer', 'site') then '{}' else '{all_inclusive}'::text[] end,
       'DE', 'germany', 'production', false, false, false, coalesce(f.children, 0), coalesce(f.children, 0), k.created_at
     from known k join known p on p.path = left(k.path, -4) left join families f on f.path = k.path
     cross join lateral (select case
       when k.level = 'site' then ($4::text[])[1 + k.n % 60] || ' ' || ($5::text[])[1 + (k.n / 60) % 24]
       else ($1::text[])[1 + k.n * 7 % 60] || ' ' || ($2::text[])[1 + (k.n / 60 + k.n) % 40] || ' ' || ($3::text[])[1 + (k.n / 2400 + k.n) % 8]
         || case when length(k.path) = 8 then ' ' || k.realm_id else '' end end as name) named
     order by k.created_at`,
    [surnames, trades, forms, cities, parts],
  )
}

/** What stands beside each tenant, as its creation makes it, and one machine a site. */
const beside = [
  `update tenants t set child_counter = t.child_counter + f.children, child_count = t.child_count + f.children
   from families f where f.path = t.path and t.level = 'vendor'`,
  `insert into realms (id, root_tenant_id, parent_tenant_id, name_key, path)
   select t.realm_id, t.id, t.parent_id, t.name_key, t.path from tenants t where length(t.path) = 8`,
  `insert into companies (realm_id, tenant_id, path, legal_name, street, postal_code, city, country)
   select t.realm_id, t.id, t.path, t.name, '1 Main Street', '20457', 'Hamburg', 'DE' from tenants t where t.level <> 'vendor'`,
  `insert into tenant_brands (realm_id, tenant_id, path, name)
   select t.realm_id, t.id, t.path, t.name from tenants t where t.level <> 'vendor'`,
  `delete from tenant_sums`,
  `insert into tenant_sums (realm_id, tenant_id, path, tenants, devices)
   select t.realm_id, t.id, t.path, coalesce(s.tenants, 0), coalesce(s.devices, 0) + (t.level = 'site')::int
   from tenants t left join (
     select a.path, count(*) as tenants, count(*) filter (where b.level = 'site') as devices
     from tenants b cross join lateral (select left(b.path, n) collate "C" as path from generate_series(4, length(b.path) - 4, 4) n) a
     group by a.path
   ) s on s.path = t.path`,
]

/** The rows were not checked one by one. */
async function checkParents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from tenants t left join tenants p on p.id = t.parent_id
     where t.level <> 'vendor' and (p.path is distinct from left(t.path, -4) or (t.local_parent_id is null) <> (length(t.path) = 8))`,
  )
  if (rows[0]?.n !== 0) throw new Error(`${rows[0]?.n} tenants stand under a wrong parent`)
}

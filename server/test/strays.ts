import { query } from './state.ts'
import type { World } from './world.ts'

/** Every row of every table stands where its tenant stands, in the realm of it where it goes along. */
export async function findStrays(world: World): Promise<unknown[]> {
  const tables = await query<{ rel: string; stays: boolean }>(world, 'select rel::text, stays from app.owned_tables()')
  const found = []
  for (const { rel, stays } of tables) {
    const columns = await query<{ name: string }>(
      world,
      `select attname as name from pg_attribute where attrelid = $1::regclass and attname in ('tenant_id', 'customer_id', 'buyer_id') and not attisdropped`,
      [rel],
    )
    const column = columns.find(({ name }) => name !== 'customer_id' || rel === 'rated_units')?.name
    if (column === undefined || rel === 'price_lists' || rel === 'invoice_lines') continue
    const place = column === 'customer_id' ? 'left(r.path, length(t.path)) <> t.path' : 'r.path <> t.path'
    const rows = await query(
      world,
      `select '${rel}' as rel, r.path, t.path as of_tenant from ${rel} r join tenants t on t.id = r.${column}
       where ${place} ${stays ? '' : 'or r.realm_id <> t.realm_id'}`,
    )
    found.push(...rows)
  }
  return found
}

/** Sums that were kept and sums that are counted. */
export const findWrongSums = (world: World) =>
  query(
    world,
    `select * from (
       select t.path, s.tenants, s.devices, t.child_count,
         (select count(*) from tenants b where b.path > t.path and b.path < t.path || '~') as tenants_now,
         (select count(*) from devices d where d.path >= t.path and d.path < t.path || '~') as devices_now,
         (select count(*) from tenants b where b.parent_id = t.id) as children_now
       from tenants t join tenant_sums s on s.tenant_id = t.id) c
     where tenants <> tenants_now or devices <> devices_now or child_count <> children_now`,
  )

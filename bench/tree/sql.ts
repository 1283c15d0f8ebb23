import type { World } from './world.ts'

type Bare = { q?: string; order: 'name' | '-created_at'; limit?: number }

/** The page as one would write it by hand, without row-level security: the yardstick. `lo` is the path of the tenant whose subtree it is. */
export function bareList(lo: string, { q, order, limit = 51 }: Bare): { text: string; values: unknown[] } {
  const like = q === undefined ? '' : ' and t.name_key like $4'
  const by = order === 'name' ? 't.name_key, t.id' : 't.created_at desc, t.id desc'
  return {
    text: `select t.id, t.name, t.name_key, t.level, t.parent_id, (select p.name from tenants p where p.path = left(t.path, -4)) as parent_name,
        t.state, exists (select 1 from tenants a where a.path = any (app.lineage(left(t.path, -4))) and a.state in ('inactive', 'deleted')) as inactive_above,
        t.device_country, t.storage_location, t.service_type, t.child_count,
        coalesce((select s.devices from tenant_sums s where s.realm_id = t.realm_id and s.tenant_id = t.id), 0) as device_count, t.created_at
      from tenants t where t.path >= $1 and t.path < $2 and t.state <> 'deleted'${like} order by ${by} limit $3`,
    values: [lo, `${lo}~`, limit, ...(q === undefined ? [] : [`%${q}%`])],
  }
}

/** Milliseconds of one run of it. */
export async function timeBare({ bare }: World, lo: string, what: Bare): Promise<number> {
  const from = performance.now()
  await bare.query(bareList(lo, what))
  return performance.now() - from
}

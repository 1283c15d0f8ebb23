import type { poolSettings } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { Transaction } from '../../platform/database.ts'

type Settings = z.infer<typeof poolSettings>
type Tenant = { realm_id: bigint; id: string; path: string }

const defaults = { source: 'global_pool', take: 'automatic', exchange_expired: false, version: 0 } as const

/** The settings of a tenant, the defaults where nobody has set any. R-POOL-2. */
export async function readSettings(tx: Transaction, tenant: Tenant): Promise<Settings> {
  const { rows } = await sql<Settings>`
    select tenant_id, source, take, exchange_expired, version from pool_settings
    where realm_id = ${tenant.realm_id} and tenant_id = ${tenant.id}`.execute(tx.tables())
  return rows[0] ?? { tenant_id: tenant.id, ...defaults }
}

/** Writes the version that follows on the one that was read. Answers whether it was still that. */
export async function saveSettings(tx: Transaction, tenant: Tenant, after: Settings): Promise<boolean> {
  const { source, take, exchange_expired, version } = after
  const { rows } = await sql`
    insert into pool_settings as p (realm_id, tenant_id, path, source, take, exchange_expired, version)
    values (${tenant.realm_id}, ${tenant.id}, ${tenant.path}, ${source}, ${take}, ${exchange_expired}, ${version})
    on conflict (realm_id, tenant_id) do update set source = excluded.source, take = excluded.take,
      exchange_expired = excluded.exchange_expired, version = excluded.version where p.version = excluded.version - 1
    returning 1`.execute(tx.tables())
  return rows.length > 0
}

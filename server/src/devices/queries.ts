import type { Device, deviceQuery, installToken } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { firstDay, type Instant, monthOf, toInstantText } from '../kernel/time.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { getTenant, toPattern } from '../tenants/index.ts'
import { offlineFrom, type StoredState, toShownState } from './domain.ts'
import { presentState } from './repository.ts'

type Row = Omit<Device, 'state'> & { state: StoredState; host_name_key: string }
type Query = z.infer<typeof deviceQuery>

/** Devices of the scope by host name; of one tenant and everything below it if asked. Throws not_found. */
export const listDevices = (db: Database, call: CallContext, query: Query): Promise<Page<Device>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['text', 'uuid'])
    const { rows } = await select(
      tx,
      call,
      sql`
      ${await below(tx, call, query.tenant_id)} and ${inState(query.state, call.now)}
      ${query.q === undefined ? sql`` : sql`and d.host_name_key like ${toPattern(query.q)}`}
      ${after === null ? sql`` : sql`and (d.host_name_key, d.id) > (${after[0]}, ${after[1]}::uuid)`}
      order by d.host_name_key, d.id limit ${query.limit + 1}`,
    )
    const page = toPage(rows, query.limit, (row) => [row.host_name_key, row.id])
    return { ...page, data: page.data.map((row) => toDevice(row, call.now)) }
  })

/** Throws not_found. */
export const getDevice = (db: Database, call: CallContext, id: string): Promise<Device> =>
  db.transaction(call, async (tx) => {
    const { rows } = await select(tx, call, sql`d.id = ${id}`)
    if (!rows[0]) throw new Problem('not_found')
    return toDevice(rows[0], call.now)
  })

const select = (tx: Transaction, call: CallContext, rest: RawBuilder<unknown>) =>
  sql<Row>`
    select d.id, d.tenant_id, t.name as tenant_name, d.host_name, d.host_name_key, d.os, d.os_version, d.architecture, d.machine_kind,
      d.agent_version, ${presentState(call.now)} as state, t.storage_location, d.enrolled_at, d.last_seen_at,
      coalesce(bit_count(m.days::bit(31)), 0)::int as active_days_this_month
    from devices d
    join tenants t on t.realm_id = d.realm_id and t.id = d.tenant_id
    left join device_months m on m.realm_id = d.realm_id and m.device_id = d.id and m.month = ${firstDay(monthOf(call.now)).toString()}::date
    where ${inScope(call.scope, 'd')} and d.state <> 'deleted' and t.state <> 'deleted' and ${rest}`.execute(
    tx.tables(),
  )

const toDevice = ({ host_name_key: _key, ...row }: Row, now: Instant): Device => ({
  ...row,
  state: toShownState(row.state, row.last_seen_at, now),
})

async function below(tx: Transaction, call: CallContext, tenantId: string | undefined): Promise<RawBuilder<unknown>> {
  if (tenantId === undefined) return sql`true`
  const { lo, hi } = toBounds((await getTenant(tx, call.scope, tenantId)).path)
  return sql`d.path >= ${lo} and d.path < ${hi}`
}

function inState(state: Query['state'], now: Instant): RawBuilder<unknown> {
  if (state === undefined) return sql`true`
  const [seenBefore, present] = [toInstantText(offlineFrom(now)), presentState(now)]
  if (state === 'offline')
    return sql`${present} = 'active' and (d.last_seen_at is null or d.last_seen_at <= ${seenBefore})`
  if (state === 'active') return sql`${present} = 'active' and d.last_seen_at > ${seenBefore}`
  return sql`${present} = ${state}`
}

/** The install token of a tenant, without its secret. Throws not_found where there is none. */
export const getInstallToken = (
  db: Database,
  call: CallContext,
  tenantId: string,
): Promise<z.infer<typeof installToken>> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const { rows } = await sql<z.infer<typeof installToken>>`
      select tenant_id, hint, created_at from install_tokens i
      where ${inScope(call.scope, 'i')} and i.realm_id = ${tenant.realm_id} and i.tenant_id = ${tenant.id}`.execute(
      tx.tables(),
    )
    if (!rows[0]) throw new Problem('not_found')
    return rows[0]
  })

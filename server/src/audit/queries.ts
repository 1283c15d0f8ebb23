import type { AuditEvent, auditQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext, Scope } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { withPersonal } from './domain.ts'
import { actorIsKnown, isKnown, isReadable } from './scope.ts'

type Query = z.infer<typeof auditQuery>
type Fields = Record<string, unknown> | null
type Row = {
  id: string
  realm_id: bigint
  at: string
  action: string
  tenant_id: string | null
  tenant_name: string | null
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  knows_actor: boolean
  request_id: string
  object_kind: string
  object_id: string | null
  before: Fields
  after: Fields
  sealed: boolean
}

/** The entries of the scope, newest first. Throws not_found for what the filters name and the caller does not see. R-AUDIT-1. */
export const listAuditEvents = (db: Database, call: CallContext, query: Query): Promise<Page<AuditEvent>> =>
  db.transaction(call, async (tx) => {
    const filter = await toFilter(tx, call.scope, query)
    const all = { ...call.scope, realmId: null }
    const { rows } = await sql<Row>`
      select e.id, e.realm_id, e.at, e.action, t.id as tenant_id, t.name as tenant_name, e.actor_kind, e.actor_id,
        coalesce(u.name, d.host_name, k.name, made.name) as actor_name, ${actorIsKnown(call.scope)} as knows_actor, e.request_id, e.object_kind,
        e.object_id, e.before, e.after, e.leaf_index is not null as sealed
      from audit_entries e
      left join tenants t on t.path = e.path and ${inScope(all, 't')}
      left join users u on u.id = e.actor_id and ${inScope(all, 'u')}
      left join devices d on d.id = e.actor_id and ${inScope(all, 'd')}
      left join api_keys k on k.id = e.actor_id and ${inScope(all, 'k')}
      left join lateral (${nameOfRevokedKey(call.scope)}) made on e.actor_kind = 'key' and k.id is null
      where ${isReadable(call.scope)} and ${filter}
      order by e.at desc, e.id desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.at, row.id])
    const personal = await readPersonal(tx, call.scope, page.data)
    return { ...page, data: page.data.map((row) => toEvent(row, personal.get(row.id) ?? new Map())) }
  })

/** A key is gone at once when it is revoked; the entry of its making still has its name, which is no person's. */
const nameOfRevokedKey = (scope: Scope) => sql`
  select c.after ->> 'name' as name from audit_entries c
  where c.object_id = e.actor_id and c.action = 'api_key.created' and ${inScope({ ...scope, realmId: null }, 'c')} limit 1`

async function toFilter(tx: Transaction, scope: Scope, query: Query): Promise<RawBuilder<unknown>> {
  const parts = [sql`true`]
  if (query.tenant_id !== undefined) parts.push(sql`e.path = ${await getPath(tx, scope, query.tenant_id)}`)
  if (query.under_id !== undefined) {
    const { lo, hi } = toBounds(await getPath(tx, scope, query.under_id))
    parts.push(sql`e.path >= ${lo} and e.path < ${hi}`)
  }
  const { action } = query
  if (action !== undefined) parts.push(sql`left(e.action, ${action.length}) = ${action}`)
  if (query.actor_id !== undefined) {
    await requireKnown(tx, scope, query.actor_id)
    parts.push(sql`e.actor_id = ${query.actor_id}`)
  }
  if (query.object_kind !== undefined) parts.push(sql`e.object_kind = ${query.object_kind}`)
  if (query.object_id !== undefined) {
    await requireKnown(tx, scope, query.object_id)
    parts.push(sql`e.object_id = ${query.object_id}`)
  }
  if (query.from !== undefined) parts.push(sql`e.at >= ${query.from}::timestamptz`)
  if (query.to !== undefined) parts.push(sql`e.at < ${query.to}::timestamptz`)
  const after = fromCursor(query.cursor, ['instant', 'uuid'])
  if (after !== null) parts.push(sql`(e.at, e.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return sql.join(parts, sql` and `)
}

export async function getPath(tx: Transaction, scope: Scope, tenantId: string): Promise<string> {
  const { rows } = await sql<{ path: string }>`
    select t.path from tenants t where t.id = ${tenantId} and ${inScope(scope, 't')}`.execute(tx.tables())
  if (!rows[0]) throw new Problem('not_found')
  return rows[0].path
}

async function requireKnown(tx: Transaction, scope: Scope, id: string): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`select ${isKnown(scope, sql`${id}::uuid`)} as known`.execute(
    tx.tables(),
  )
  if (!rows[0]?.known) throw new Problem('not_found')
}

/** Personal values by entry and pointer, where they have not been erased. R-KEEP-2. */
async function readPersonal(
  tx: Transaction,
  scope: Scope,
  rows: readonly Row[],
): Promise<Map<string, Map<string, string>>> {
  const { rows: values } = await sql<{ entry_id: string; pointer: string; value: string }>`
    select p.entry_id, p.pointer, p.value from audit_personal p
    where p.realm_id = any (${[...new Set(rows.map((row) => row.realm_id))]}::bigint[])
      and p.entry_id = any (${rows.map((row) => row.id)}::uuid[])
      and ${inScope({ ...scope, realmId: null }, 'p')}`.execute(tx.tables())
  const byEntry = new Map<string, Map<string, string>>()
  for (const { entry_id, pointer, value } of values)
    byEntry.set(entry_id, (byEntry.get(entry_id) ?? new Map<string, string>()).set(pointer, value))
  return byEntry
}

function toEvent(row: Row, personal: ReadonlyMap<string, string>): AuditEvent {
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    tenant: row.tenant_id === null ? null : { id: row.tenant_id, name: row.tenant_name ?? '' },
    actor: { kind: row.actor_kind, id: row.knows_actor ? row.actor_id : null, name: row.actor_name },
    address: row.knows_actor ? (personal.get('/address') ?? null) : null,
    request_id: row.request_id,
    object: { kind: row.object_kind, id: row.object_id },
    ...withPersonal(row, personal),
    sealed: row.sealed,
  }
}

import type { Domain, domainQuery, Gateway, gatewayQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { inSubtree, toPattern } from '../tenants/index.ts'

type GatewayRow = Gateway & { name_key: string }
type DomainRow = Domain & { name_key: string }

/** Gateways of the scope by name; of one tenant and everything below it if asked. Throws not_found. */
export const listGateways = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof gatewayQuery>,
): Promise<Page<Gateway>> =>
  db.transaction(call, async (tx) => {
    const rows = await selectGateways(
      tx,
      call,
      sql`${await toFilter(tx, call, query)}
      order by r.name_key, r.id limit ${query.limit + 1}`,
    )
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.id])
    return { ...page, data: page.data.map(({ name_key: _key, ...row }) => row) }
  })

/** Domains of the scope by name; of one tenant and everything below it if asked. Throws not_found. */
export const listDomains = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof domainQuery>,
): Promise<Page<Domain>> =>
  db.transaction(call, async (tx) => {
    const ofKind = query.kind === undefined ? sql`` : sql`and r.kind = ${query.kind}`
    const rows = await selectDomains(
      tx,
      call,
      sql`${await toFilter(tx, call, query)} ${ofKind}
      order by r.name_key, r.id limit ${query.limit + 1}`,
    )
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.id])
    return { ...page, data: page.data.map(({ name_key: _key, ...row }) => row) }
  })

type Filter = Pick<z.infer<typeof gatewayQuery>, 'tenant_id' | 'state' | 'q' | 'cursor'>

async function toFilter(tx: Transaction, call: CallContext, query: Filter): Promise<RawBuilder<unknown>> {
  const after = fromCursor(query.cursor, ['text', 'uuid'])
  const parts = [await inSubtree(tx, call.scope, 'r', query.tenant_id), sql`r.state = ${query.state}`]
  if (query.q !== undefined) parts.push(sql`r.name_key like ${toPattern(query.q)}`)
  if (after !== null) parts.push(sql`(r.name_key, r.id) > (${after[0]}, ${after[1]}::uuid)`)
  return sql.join(parts, sql` and `)
}

export async function readGateway(tx: Transaction, call: CallContext, id: string): Promise<Gateway> {
  const [row] = await selectGateways(tx, call, sql`r.id = ${id}`)
  if (row === undefined) throw new Problem('not_found')
  const { name_key: _key, ...gateway } = row
  return gateway
}

export async function readDomain(tx: Transaction, call: CallContext, id: string): Promise<Domain> {
  const [row] = await selectDomains(tx, call, sql`r.id = ${id}`)
  if (row === undefined) throw new Problem('not_found')
  const { name_key: _key, ...domain } = row
  return domain
}

async function selectGateways(tx: Transaction, call: CallContext, rest: RawBuilder<unknown>): Promise<GatewayRow[]> {
  const { rows } = await sql<GatewayRow>`
    select r.id, r.tenant_id, t.name as tenant_name, r.name, r.name_key, r.state, r.created_at, r.removed_at
    from gateways r join tenants t on t.realm_id = r.realm_id and t.id = r.tenant_id
    where ${inScope(call.scope, 'r')} and t.state <> 'deleted' and ${rest}`.execute(tx.tables())
  return rows
}

async function selectDomains(tx: Transaction, call: CallContext, rest: RawBuilder<unknown>): Promise<DomainRow[]> {
  const { rows } = await sql<DomainRow>`
    select r.id, r.tenant_id, t.name as tenant_name, r.name, r.name_key, r.kind, r.state, r.created_at, r.removed_at
    from domains r join tenants t on t.realm_id = r.realm_id and t.id = r.tenant_id
    where ${inScope(call.scope, 'r')} and t.state <> 'deleted' and ${rest}`.execute(tx.tables())
  return rows
}

import type { Subscriber, subscriberQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { inSubtree, toPattern } from '../tenants/index.ts'

type Row = Subscriber & { name_key: string }
type Query = z.infer<typeof subscriberQuery>

/** Subscribers of the scope by name; of one tenant and everything below it if asked. Throws not_found. */
export const listSubscribers = (db: Database, call: CallContext, query: Query): Promise<Page<Subscriber>> =>
  db.transaction(call, async (tx) => {
    const rows = await select(
      tx,
      call,
      sql`${await toFilter(tx, call, query)}
      order by coalesce(p.name_key, ''), s.id limit ${query.limit + 1}`,
    )
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.id])
    return { ...page, data: page.data.map(toSubscriber) }
  })

async function toFilter(tx: Transaction, call: CallContext, query: Query): Promise<RawBuilder<unknown>> {
  const after = fromCursor(query.cursor, ['text', 'uuid'])
  const inState = query.state === undefined ? sql`s.state in ('invited', 'activated')` : sql`s.state = ${query.state}`
  const parts = [await inSubtree(tx, call.scope, 's', query.tenant_id), inState]
  if (query.q !== undefined) {
    const pattern = toPattern(query.q)
    parts.push(sql`(p.name_key like ${pattern} or p.email_key like ${pattern})`)
  }
  if (after !== null) parts.push(sql`(coalesce(p.name_key, ''), s.id) > (${after[0]}, ${after[1]}::uuid)`)
  return sql.join(parts, sql` and `)
}

/** Throws not_found. */
export async function readSubscriber(tx: Transaction, call: CallContext, id: string): Promise<Subscriber> {
  const [row] = await select(tx, call, sql`s.id = ${id}`)
  if (row === undefined) throw new Problem('not_found')
  return toSubscriber(row)
}

const toSubscriber = ({ name_key: _key, ...row }: Row): Subscriber => row

async function select(tx: Transaction, call: CallContext, rest: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select s.id, s.tenant_id, t.name as tenant_name, p.name, coalesce(p.name_key, '') as name_key, p.email, s.state, s.created_at, s.removed_at
    from subscribers s
    join tenants t on t.realm_id = s.realm_id and t.id = s.tenant_id
    left join subscriber_persons p on p.realm_id = s.realm_id and p.subscriber_id = s.id
    where ${inScope(call.scope, 's')} and t.state <> 'deleted' and ${rest}`.execute(tx.tables())
  return rows
}

import type { DueRecord, dueQuery, KeptFor, Retention } from '@tenantree/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { dayOf, Temporal, toInstant } from '../kernel/time.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import type { KeepingClock, Standing } from './clocks.ts'
import { beginOf, cutoffOf, endOf, goesOn } from './domain.ts'
import { keptForOf, readSettings } from './repository.ts'

/** How far the preview looks. */
const daysAhead = 30

type Bounds = { lo: string; hi: string }

/** What of each kind goes within 30 days, by day; of one tenant and everything below it if asked. R-KEEP-1. Throws not_found. */
export const listRetention = (
  db: Database,
  call: CallContext,
  clocks: readonly KeepingClock[],
  tenantId?: string,
): Promise<Page<Retention>> =>
  db.transaction(call, async (tx) => {
    const bounds = await getBounds(tx, call, tenantId)
    const data: Retention[] = []
    for (const clock of clocks) data.push(await readRetention(tx, call, clock, bounds))
    return { data, next: null }
  })

export async function readRetention(
  tx: Transaction,
  call: CallContext,
  clock: KeepingClock,
  bounds: Bounds,
): Promise<Retention> {
  const settings = await readSettings(tx)
  const kept = keptForOf(clock, settings)
  const { rows } = await sql<{ since: string; count: number }>`
    select ${sinceDay} as since, count(*)::int as count
    from (${clock.standing(lookAhead(call, clock, kept))}) s where ${isSeen(call, clock, bounds)}
    group by 1 order by 1`.execute(tx.tables())
  const due = toDays(rows, (since) => toGoesOn(clock, since, kept, call))
  return {
    kind: clock.kind,
    title: clock.title,
    erases: clock.erases,
    kept_for: kept,
    default: clock.keptFor,
    at_least: clock.atLeast,
    due,
    due_count: due.reduce((sum, { count }) => sum + count, 0),
    version: settings.get(clock.kind)?.version ?? 0,
  }
}

/** Records that begin to stand on one day go on one day, but for those of the first moment, which go a day before the others. */
const sinceDay = sql`case when s.since = date_trunc('day', s.since) then s.since else date_trunc('day', s.since) + interval '12 hours' end`

function toDays(rows: readonly { since: string; count: number }[], dayFor: (since: string) => string) {
  const counts = new Map<string, number>()
  for (const { since, count } of rows) counts.set(dayFor(since), (counts.get(dayFor(since)) ?? 0) + count)
  return [...counts].map(([on, count]) => ({ on, count })).sort((left, right) => (left.on < right.on ? -1 : 1))
}

/** What should have gone and waits for something, such as a server that was down, goes today. */
function toGoesOn(clock: KeepingClock, since: string, kept: KeptFor, call: CallContext): string {
  const day = clock.erase === null ? dayOf(endOf(toInstant(since), kept)) : goesOn(since, kept)
  const today = dayOf(call.now)
  return (Temporal.PlainDate.compare(day, today) < 0 ? today : day).toString()
}

/** Until when a record has to stand to go within the days of the preview. */
function lookAhead(call: CallContext, clock: KeepingClock, kept: KeptFor): string {
  const end = call.now.toZonedDateTimeISO('UTC').add({ days: daysAhead })
  return clock.erase === null ? beginOf(end, kept) : cutoffOf(end.toPlainDate(), kept)
}

const isSeen = (call: CallContext, clock: KeepingClock, { lo, hi }: Bounds): RawBuilder<SqlBool> =>
  sql<SqlBool>`${inScope({ ...call.scope, realmId: null }, 's')} and s.path >= ${lo} and s.path < ${hi}
    and ${clock.within?.(call.scope) ?? sql`true`}`

/** What the subtree of a tenant is, or the whole scope. Throws not_found. */
async function getBounds(tx: Transaction, call: CallContext, tenantId: string | undefined): Promise<Bounds> {
  if (tenantId === undefined) return call.scope
  const { rows } = await sql<{ path: string }>`
    select t.path from tenants t where t.id = ${tenantId} and ${inScope(call.scope, 't')}`.execute(tx.tables())
  if (!rows[0]) throw new Problem('not_found')
  return toBounds(rows[0].path)
}

type Row = Standing & { tenant: DueRecord['tenant'] }

/** The records of a kind that go within 30 days, the next first. Throws not_found. */
export const listDue = (
  db: Database,
  call: CallContext,
  clock: KeepingClock,
  query: z.infer<typeof dueQuery>,
): Promise<Page<DueRecord>> =>
  db.transaction(call, async (tx) => {
    const bounds = await getBounds(tx, call, query.tenant_id)
    const kept = keptForOf(clock, await readSettings(tx))
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    const { rows } = await sql<Row>`
      select s.id, s.name, date_trunc('milliseconds', s.since) as since,
        case when t.id is null then null else jsonb_build_object('id', t.id, 'name', t.name, 'level', t.level) end as tenant
      from (${clock.standing(lookAhead(call, clock, kept))}) s
      left join tenants t on t.path = s.path and ${inScope({ ...call.scope, realmId: null }, 't')}
      where ${isSeen(call, clock, bounds)}
        ${after === null ? sql`` : sql`and (date_trunc('milliseconds', s.since), s.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`}
      order by date_trunc('milliseconds', s.since), s.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.since, row.id])
    return { ...page, data: page.data.map((row) => ({ ...row, goes_on: toGoesOn(clock, row.since, kept, call) })) }
  })

import type { LineEvidence, PeakEvidence } from '@tenantree/contract'
import { sql } from 'kysely'
import { daysOf } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toFraction, toFractionText } from '../kernel/fraction.ts'
import { fromCursor, type Page, toPage, walkPages } from '../kernel/page.ts'
import { invariant, Problem } from '../kernel/problem.ts'
import { type PlainYearMonth, toMonth } from '../kernel/time.ts'
import * as peaks from '../peaks/index.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { countDays, type ReportedUnit, readSubject, toDivision, toPart, unitsOnEdge } from '../usage/index.ts'
import { readInvoice, type Stored, type StoredLine, toMonthText } from './queries.ts'

type PageQuery = { cursor?: string | undefined; limit: number }
type Asked = { invoice: Stored; line: StoredLine; query: PageQuery }

/** The devices or licenses and days behind a line, for either end of its edge. R-BILL-6. Throws not_found. */
export const listLineEvidence = (
  db: Database,
  call: CallContext,
  ids: { invoiceId: string; lineId: string },
  query: PageQuery,
): Promise<Page<LineEvidence>> =>
  db.transaction(call, async (tx) => {
    const invoice = await readInvoice(tx, call, ids.invoiceId)
    const { rows } = await sql<StoredLine>`
      select l.* from invoice_lines l
      where l.realm_id = ${invoice.realm_id} and l.invoice_id = ${invoice.id} and l.id = ${ids.lineId} and ${isEnd(call.scope, 'l')}`.execute(
      tx.tables(),
    )
    const line = rows[0]
    if (!line) throw new Problem('not_found')
    if (line.kind === 'use' && line.charge_model === 'peak') return listPeaks(tx, call, { invoice, line, query })
    if (line.kind === 'use') return listUnits(tx, call, { invoice, line, query })
    if (line.kind === 'assigned') return listAssigned(tx, call, { invoice, line, query })
    // What was ordered, and what a minimum adds, explains itself: `basis` and `pricing` of the line.
    return { data: [], next: null }
  })

type EvidenceRow = Omit<ReportedUnit, 'site_id'> & {
  host_name: string | null
  host_name_key: string
  site_name: string | null
}

async function listUnits(
  tx: Transaction,
  call: CallContext,
  { invoice, line, query }: Asked,
): Promise<Page<LineEvidence>> {
  const after = fromCursor(query.cursor, ['text', 'uuid'])
  const { rows } = await sql<EvidenceRow>`
    select u.*, d.host_name, coalesce(d.host_name_key, '') as host_name_key, s.name as site_name
    from (${await unitsBehind(tx, call, invoice, line)}) u
    left join devices d on d.id = u.device_id and ${inScope(call.scope, 'd')}
    left join tenants s on s.id = u.site_id and ${inScope(call.scope, 's')}
    where u.charged_days <> 0
      ${after === null ? sql`` : sql`and (coalesce(d.host_name_key, '') collate "C", u.device_id) > (${after[0]} collate "C", ${after[1]}::uuid)`}
    order by coalesce(d.host_name_key, '') collate "C", u.device_id limit ${query.limit + 1}`.execute(tx.tables())
  const page = toPage(rows, query.limit, (row) => [row.host_name_key, row.device_id])
  const month = toMonth(toMonthText(invoice.month))
  return { ...page, data: page.data.map((row) => toEvidence(row, month)) }
}

/** For either end of the edge, whoever stands above the customer now; names only of what the caller still sees. R-TREE-6. */
async function unitsBehind(tx: Transaction, call: CallContext, invoice: Stored, line: StoredLine) {
  const caller = await getTenant(tx, call.scope, call.scope.tenantId)
  const edge = { sellerId: invoice.seller_id, buyerId: invoice.buyer_id }
  const units = unitsOnEdge(invoice.month, inScope(call.scope, 'm'), await readSubject(tx, caller), edge)
  return sql`select e.* from (${units}) e where e.customer_id = ${line.customer_id} and e.offer_id = ${line.offer_id}`
}

const toEvidence = (row: EvidenceRow, month: PlainYearMonth): LineEvidence => ({
  device_id: row.device_id,
  license_id: null,
  holder_kind: null,
  host_name: row.host_name,
  site_name: row.site_name,
  days: daysOf(row.charged_days),
  units: 1,
  quantity: toFractionText(toPart(row.charged_days, row.of_days)),
  division: toDivision(month, row),
  ...noPeak,
})

const noPeak = { value: null, peak_on: null, deleted_on: null }

/** The devices and the day of the month on which each was highest. R-ACT-7. */
async function listPeaks(
  tx: Transaction,
  call: CallContext,
  { invoice, line, query }: Asked,
): Promise<Page<LineEvidence>> {
  invariant(line.customer_id !== null, 'a use is of a customer')
  const edge = { sellerId: invoice.seller_id, buyerId: invoice.buyer_id }
  const of = { month: invoice.month, edge, customerId: line.customer_id, offerId: line.offer_id }
  const page = await peaks.listEvidence(tx, call, of, query)
  const toPeak = ({ unit: _unit, ...peak }: PeakEvidence): LineEvidence => ({
    ...peak,
    license_id: null,
    holder_kind: null,
    units: 1,
  })
  return { ...page, data: page.data.map(toPeak) }
}

type AssignedRow = {
  license_id: string
  holder_kind: NonNullable<LineEvidence['holder_kind']>
  holder_id: string
  holder_name: string | null
  site_name: string | null
  days: number
}

/** The licenses that were assigned, and on which days. R-BILL-2. */
async function listAssigned(
  tx: Transaction,
  call: CallContext,
  { invoice, line, query }: Asked,
): Promise<Page<LineEvidence>> {
  const after = fromCursor(query.cursor, ['uuid', 'uuid'])
  const { rows } = await sql<AssignedRow>`
    select a.license_id, a.holder_kind, a.holder_id, a.days, s.name as site_name,
      case a.holder_kind
        when 'subscriber' then (select p.name from subscriber_persons p where p.subscriber_id = a.holder_id and ${inScope(call.scope, 'p')})
        when 'device' then (select d.host_name from devices d where d.id = a.holder_id and ${inScope(call.scope, 'd')})
        when 'gateway' then (select g.name from gateways g where g.id = a.holder_id and ${inScope(call.scope, 'g')})
        when 'domain' then (select m.name from domains m where m.id = a.holder_id and ${inScope(call.scope, 'm')})
      end as holder_name
    from app.assigned_behind(${invoice.seller_id}, ${invoice.buyer_id}, ${invoice.month}::date, ${line.customer_id}, ${line.offer_id}, ${line.term}) a
    left join tenants s on s.id = a.site_id and ${inScope(call.scope, 's')}
    where ${after === null ? sql`true` : sql`(a.license_id, a.holder_id) > (${after[0]}::uuid, ${after[1]}::uuid)`}
    order by a.license_id, a.holder_id limit ${query.limit + 1}`.execute(tx.tables())
  const page = toPage(rows, query.limit, (row) => [row.license_id, row.holder_id])
  const { daysInMonth } = toMonth(toMonthText(invoice.month))
  return { ...page, data: page.data.map((row) => toAssigned(row, daysInMonth)) }
}

const toAssigned = (
  { license_id, holder_kind, holder_id, holder_name, site_name, days }: AssignedRow,
  daysInMonth: number,
): LineEvidence => ({
  device_id: holder_kind === 'device' ? holder_id : null,
  license_id,
  holder_kind,
  host_name: holder_name,
  site_name,
  days: daysOf(days),
  units: 1,
  quantity: toFractionText(toFraction(BigInt(countDays(days)), BigInt(daysInMonth))),
  division: null,
  ...noPeak,
})

/** All devices or licenses behind a line: for documents. */
export const listAllEvidence = (
  db: Database,
  call: CallContext,
  ids: { invoiceId: string; lineId: string },
): Promise<LineEvidence[]> =>
  Array.fromAsync(walkPages((cursor) => listLineEvidence(db, call, ids, { cursor, limit: 500 })))

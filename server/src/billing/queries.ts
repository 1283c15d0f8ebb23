import type { billingRun, Invoice, InvoiceRow, invoiceQuery, LineEvidence, Party } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { daysOf } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toFractionText } from '../kernel/fraction.ts'
import { toMoneyJson } from '../kernel/money.ts'
import { fromCursor, type Page, toPage, walkPages } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { firstDay, type PlainYearMonth, toMonth } from '../kernel/time.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { type ReportedUnit, readSubject, toDivision, toPart, unitsOnEdge } from '../usage/index.ts'
import type { LineDivision } from './domain.ts'
import type { InvoiceRecord, LineRecord, RunRecord } from './repository.ts'

type BillingRun = z.infer<typeof billingRun>
type PageQuery = { cursor?: string | undefined; limit: number }
type StoredLine = Omit<LineRecord, 'division'> & { division: (LineDivision & { whole_units: number }) | null }
type Stored = Omit<InvoiceRecord, 'seller' | 'buyer'> & { seller: Party; buyer: Party }

const toMonthText = (day: string): string => day.slice(0, 7)

type RunRow = RunRecord & { invoices_issued: number; invoices_draft: number }

/** Counts are of the vendor's own invoices: what others invoice is not the vendor's to see. R-TREE-10. */
const runRows = (where: RawBuilder<unknown>) => sql<RunRow>`
  select r.*, (select count(*)::int from invoices i where i.month = r.month and i.state <> 'draft' and i.seller_path = r.path) as invoices_issued,
    (select count(*)::int from invoices i where i.month = r.month and i.state = 'draft' and i.seller_path = r.path) as invoices_draft
  from billing_runs r where ${where}`

const toRun = (row: RunRow): BillingRun => ({
  id: row.id,
  month: toMonthText(row.month),
  state: row.state,
  started_at: row.started_at,
  finished_at: row.finished_at,
  invoices_issued: row.invoices_issued,
  invoices_draft: row.invoices_draft,
})

export const listRuns = (db: Database, call: CallContext, query: PageQuery): Promise<Page<BillingRun>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['day'])
    const { rows } = await sql<RunRow>`
      ${runRows(inScope(call.scope, 'r'))} ${after === null ? sql`` : sql`and r.month < ${after[0]}::date`}
      order by r.month desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.month])
    return { ...page, data: page.data.map(toRun) }
  })

/** Throws not_found. */
export const getRun = (db: Database, call: CallContext, id: string): Promise<BillingRun> =>
  db.transaction(call, (tx) => readRun(tx, id))

export async function readRun(tx: Transaction, id: string): Promise<BillingRun> {
  const { rows } = await runRows(sql`${inScope(tx.scope, 'r')} and r.id = ${id}`).execute(tx.tables())
  if (!rows[0]) throw new Problem('not_found')
  return toRun(rows[0])
}

/** Invoices that the caller's tenant sends or gets: the two ends of an edge, nobody above. R-TREE-10. */
export const listInvoices = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof invoiceQuery>,
): Promise<Page<InvoiceRow>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['day', 'uuid'])
    const { rows } = await sql<Stored>`
      select i.* from invoices i
      where ${isEnd(call.scope, 'i')} and ${toFilter(call, query)}
        ${after === null ? sql`` : sql`and (i.month, i.id) < (${after[0]}::date, ${after[1]}::uuid)`}
      order by i.month desc, i.id desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.month, row.id])
    return { ...page, data: page.data.map((row) => toRow(row, call)) }
  })

function toFilter(call: CallContext, query: z.infer<typeof invoiceQuery>): RawBuilder<unknown> {
  const parts = [sql`true`]
  if (query.month !== undefined) parts.push(sql`i.month = ${firstDay(toMonth(query.month)).toString()}::date`)
  if (query.state !== undefined) parts.push(sql`i.state = ${query.state}`)
  if (query.direction === 'issued') parts.push(sql`i.seller_path = ${call.scope.lo}`)
  if (query.direction === 'received') parts.push(sql`i.path = ${call.scope.lo}`)
  return sql.join(parts, sql` and `)
}

/** A draft of an edge whose currency nobody has said yet has none. */
const toTotal = ({ total_minor, currency }: Stored) =>
  currency === null ? null : toMoneyJson({ minor: total_minor, currency })

const toRow = (row: Stored, call: CallContext): InvoiceRow => ({
  id: row.id,
  number: row.number,
  month: toMonthText(row.month),
  state: row.state,
  direction: row.seller_path === call.scope.lo ? 'issued' : 'received',
  seller_id: row.seller_id,
  seller_name: row.seller.name,
  buyer_id: row.buyer_id,
  buyer_name: row.buyer.name,
  total: toTotal(row),
  issued_on: row.issued_at?.slice(0, 10) ?? null,
  due_on: row.due_on,
  draft_reason: row.draft_reason,
})

/** An invoice with its lines, for either end. Throws not_found. */
export const getInvoice = (db: Database, call: CallContext, id: string): Promise<Invoice> =>
  db.transaction(call, async (tx) => {
    const stored = await readInvoice(tx, call, id)
    const { rows } = await sql<StoredLine>`
      select l.* from invoice_lines l where l.realm_id = ${stored.realm_id} and l.invoice_id = ${id} and ${isEnd(call.scope, 'l')}
      order by l.position`.execute(tx.tables())
    return {
      ...toRow(stored, call),
      seller: stored.seller,
      buyer: stored.buyer,
      currency: stored.currency,
      lines: rows.map((line) => toLine(line, stored.currency ?? '')),
      subtotal: toTotal(stored),
      tax_note: 'Amounts are net; no tax is computed.',
      issued_at: stored.issued_at,
    }
  })

async function readInvoice(tx: Transaction, call: CallContext, id: string): Promise<Stored> {
  const { rows } =
    await sql<Stored>`select i.* from invoices i where i.id = ${id} and ${isEnd(call.scope, 'i')}`.execute(tx.tables())
  if (!rows[0]) throw new Problem('not_found')
  return rows[0]
}

const toLine = (line: StoredLine, currency: string): Invoice['lines'][number] => ({
  id: line.id,
  position: line.position,
  customer_id: line.customer_id,
  customer_name: line.customer_name,
  product: line.product,
  edition: line.edition,
  charge_model: line.charge_model as Invoice['lines'][number]['charge_model'],
  from: line.from_day,
  to: line.to_day,
  quantity: toFractionText({ numerator: line.quantity, denominator: line.divisor }),
  division: toLineDivision(line),
  unit: line.unit,
  unit_price: line.unit_price,
  amount: toMoneyJson({ minor: line.amount_minor, currency }).amount,
  evidence: {
    units: line.division === null ? Number(line.quantity) : line.division.whole_units + line.division.units,
    days: Number(line.active_days),
  },
})

function toLineDivision({ division, quantity, divisor, from_day }: StoredLine): Invoice['lines'][number]['division'] {
  if (division === null) return null
  const { whole_units: _whole, moved_on, ...rest } = division
  return { ...rest, quantity: `${quantity}/${divisor}`, moved_on: moved_on.filter((day) => isInside(from_day, day)) }
}

/** A stay that begins with the month, or ends with it or later, is no move in it. */
const isInside = (first: string, day: string): boolean => day > first && day.slice(0, 7) === first.slice(0, 7)

type EvidenceRow = Omit<ReportedUnit, 'site_id'> & {
  host_name: string | null
  host_name_key: string
  site_name: string | null
}

/** The devices and days behind a line. R-BILL-6. Throws not_found. */
export const listLineEvidence = (
  db: Database,
  call: CallContext,
  ids: { invoiceId: string; lineId: string },
  query: PageQuery,
): Promise<Page<LineEvidence>> =>
  db.transaction(call, async (tx) => {
    const invoice = await readInvoice(tx, call, ids.invoiceId)
    const { rows: lines } = await sql<StoredLine>`
      select l.* from invoice_lines l
      where l.realm_id = ${invoice.realm_id} and l.invoice_id = ${invoice.id} and l.id = ${ids.lineId} and ${isEnd(call.scope, 'l')}`.execute(
      tx.tables(),
    )
    const line = lines[0]
    if (!line) throw new Problem('not_found')
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
  })

/** For either end of the edge, whoever stands above the customer now; names only of what the caller still sees. R-TREE-6. */
async function unitsBehind(tx: Transaction, call: CallContext, invoice: Stored, line: StoredLine) {
  const caller = await getTenant(tx, call.scope, call.scope.tenantId)
  const edge = { sellerId: invoice.seller_id, buyerId: invoice.buyer_id }
  const units = unitsOnEdge(invoice.month, inScope(call.scope, 'm'), await readSubject(tx, caller), edge)
  return sql`select e.* from (${units}) e where e.customer_id = ${line.customer_id} and e.offer_id = ${line.offer_id}`
}

const toEvidence = (row: EvidenceRow, month: PlainYearMonth): LineEvidence => ({
  device_id: row.device_id,
  host_name: row.host_name,
  site_name: row.site_name,
  days: daysOf(row.charged_days),
  units: 1,
  quantity: toFractionText(toPart(row.charged_days, row.of_days)),
  division: toDivision(month, row),
})

/** All devices behind a line: for documents. */
export const listAllEvidence = (
  db: Database,
  call: CallContext,
  ids: { invoiceId: string; lineId: string },
): Promise<LineEvidence[]> =>
  Array.fromAsync(walkPages((cursor) => listLineEvidence(db, call, ids, { cursor, limit: 500 })))

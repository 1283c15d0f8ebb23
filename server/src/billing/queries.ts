import type { billingRun, Invoice, InvoiceRow, invoiceQuery, LineBasis, LinePricing, Party } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { toFractionText } from '../kernel/fraction.ts'
import { toMoneyJson } from '../kernel/money.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { firstDay, toMonth } from '../kernel/time.ts'
import { listCardPayments } from '../orders/index.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { computeDue, type LineDivision } from './domain.ts'
import type { InvoiceRecord, LineRecord, RunRecord } from './repository.ts'

type BillingRun = z.infer<typeof billingRun>
type PageQuery = { cursor?: string | undefined; limit: number }
export type StoredLine = Omit<LineRecord, 'division' | 'pricing' | 'basis'> & {
  division: (LineDivision & { whole_units: number }) | null
  pricing: LinePricing | null
  basis: LineBasis | null
}
export type Stored = Omit<InvoiceRecord, 'seller' | 'buyer'> & { seller: Party; buyer: Party }

export const toMonthText = (day: string): string => day.slice(0, 7)

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
    const payments = await readPayments(tx, stored)
    const total = stored.currency === null ? null : { minor: stored.total_minor, currency: stored.currency }
    return {
      ...toRow(stored, call),
      seller: stored.seller,
      buyer: stored.buyer,
      currency: stored.currency,
      lines: rows.map((line) => toLine(line, stored.currency ?? '')),
      subtotal: toTotal(stored),
      payments: payments.map(({ on, amount }) => ({ on, method: 'card', amount: toMoneyJson(amount) })),
      due: total === null ? null : toMoneyJson(computeDue(total, payments)),
      tax_note: 'Amounts are net; no tax is computed.',
      issued_at: stored.issued_at,
    }
  })

const readPayments = (tx: Transaction, { buyer_id, seller_path, month }: Stored) =>
  listCardPayments(tx, { buyerId: buyer_id, sellerPath: seller_path }, month)

/** Throws not_found. */
export async function readInvoice(tx: Transaction, call: CallContext, id: string): Promise<Stored> {
  const { rows } =
    await sql<Stored>`select i.* from invoices i where i.id = ${id} and ${isEnd(call.scope, 'i')}`.execute(tx.tables())
  if (!rows[0]) throw new Problem('not_found')
  return rows[0]
}

const toLine = (line: StoredLine, currency: string): Invoice['lines'][number] => ({
  id: line.id,
  position: line.position,
  kind: line.kind,
  customer_id: line.customer_id,
  customer_name: line.customer_name,
  product: line.product,
  edition: line.edition,
  charge_model: line.charge_model as Invoice['lines'][number]['charge_model'],
  from: line.from_day,
  to: line.to_day,
  term: line.term,
  quantity: toFractionText({ numerator: BigInt(line.quantity), denominator: BigInt(line.divisor) }),
  division: toLineDivision(line),
  unit: line.unit,
  unit_price: line.unit_price,
  pricing: line.pricing,
  basis: line.basis,
  amount: toMoneyJson({ minor: line.amount_minor, currency }).amount,
  evidence: { units: countUnits(line), days: Number(line.active_days) },
})

/** Lines of before have no number of their own. */
function countUnits({ units, division, quantity }: StoredLine): number {
  if (units !== null) return Number(units)
  return division === null ? Number(quantity) : division.whole_units + division.units
}

function toLineDivision({ division, quantity, divisor, from_day }: StoredLine): Invoice['lines'][number]['division'] {
  if (division === null) return null
  const { whole_units: _whole, moved_on, ...rest } = division
  return { ...rest, quantity: `${quantity}/${divisor}`, moved_on: moved_on.filter((day) => isInside(from_day, day)) }
}

/** A stay that begins with the month, or ends with it or later, is no move in it. */
const isInside = (first: string, day: string): boolean => day > first && day.slice(0, 7) === first.slice(0, 7)

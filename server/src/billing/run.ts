import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import {
  dayOf,
  firstDay,
  lastDay,
  monthOf,
  type PlainYearMonth,
  Temporal,
  toInstant,
  toInstantText,
  toMonth,
} from '../kernel/time.ts'
import { vendorPath } from '../kernel/tree.ts'
import * as orders from '../orders/index.ts'
import * as peaks from '../peaks/index.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { newId } from '../platform/ids.ts'
import * as pricing from '../pricing/index.ts'
import * as tenants from '../tenants/index.ts'
import { computeDue, dueDays, type InvoicePlan, isOver, planInvoice, toInvoiceNumber } from './domain.ts'
import type { Edge, PartyRow, RunRecord } from './repository.ts'
import * as repository from './repository.ts'

/**
 * Closes a month for the whole tree: keeps its units, then makes the invoice of every edge with charges. Run twice, or killed and run
 * again, it gives the same invoices once: each edge is a transaction of its own, and has one invoice a month. R-BILL-1, R-BILL-5.
 */
export async function runMonth(db: Database, call: CallContext, month: PlainYearMonth): Promise<RunRecord> {
  const start = firstDay(month).toString()
  const run = await db.work(call, (tx) => repository.openRun(tx, newRun(start, call)))
  const realms = await db.work(call, (tx) => repository.listRealms(tx))
  for (const realmId of realms) await db.work(call, (tx) => rateRealm(tx, realmId, start, toInstantText(call.now)))
  const edges = await db.work(call, (tx) => repository.listEdges(tx, start))
  for (const edge of edges) await db.work(call, (tx) => billEdge(tx, call, edge, month))
  await db.work(call, (tx) => repository.closeRun(tx, run.id, toInstantText(call.now)))
  return run
}

/** Once: what moves or is signalled later changes nothing of it. R-BILL-5. */
async function rateRealm(tx: Transaction, realmId: bigint, month: string, now: string): Promise<void> {
  if (!(await repository.claimMonth(tx, realmId, month, now))) return
  await repository.rateUnits(tx, realmId, month)
  await peaks.ratePeaks(tx, realmId, month)
  await orders.rateHoldings(tx, realmId, month)
}

const newRun = (month: string, call: CallContext): RunRecord => ({
  realm_id: 0n,
  id: newId(),
  path: vendorPath,
  month,
  state: 'running',
  started_at: toInstantText(call.now),
  finished_at: null,
})

async function billEdge(tx: Transaction, call: CallContext, edge: Edge, month: PlainYearMonth): Promise<void> {
  const start = firstDay(month).toString()
  const known = await repository.findInvoice(tx, edge, start)
  const ends = await findEnds(tx, edge)
  if (ends === null || (known !== null && known.state !== 'draft')) return
  const { seller, buyer } = ends
  const plan = await planEdge(tx, edge, ends, start)
  if (plan === null) return
  if (known !== null) await repository.deleteDraft(tx, known)
  const invoice = toRecord(seller, buyer, plan, month, call)
  const isNew = await repository.insertInvoice(tx, invoice)
  if (!isNew) return
  await repository.insertLines(tx, toLines(invoice, plan, month))
  if (plan.draftReason === null) await issue(tx, call, seller, invoice)
}

type Ends = { seller: PartyRow; buyer: PartyRow }

async function planEdge(tx: Transaction, edge: Edge, { seller, buyer }: Ends, month: string) {
  const ids = { sellerId: seller.id, buyerId: buyer.id }
  const prices = await pricing.listAskedInMonth(tx, ids, month)
  const currency = prices[0]?.currency ?? (await pricing.findCurrencyOf(tx, ids))
  const uses = [...(await repository.listUses(tx, edge, month)), ...(await peaks.listPeakUses(tx, edge, month))]
  const ordered = await orders.listCharges(tx, { ...ids, places: edge.places }, month)
  return planInvoice(uses, { prices, currency }, { seller: seller.party, buyer: buyer.party }, ordered)
}

/** Null where one of them was erased since. */
async function findEnds(tx: Transaction, edge: Edge): Promise<Ends | null> {
  const parties = await repository.listParties(tx, [edge.seller_id, edge.buyer_id])
  const seller = parties.find((row) => row.id === edge.seller_id)
  const buyer = parties.find((row) => row.id === edge.buyer_id)
  return seller === undefined || buyer === undefined ? null : { seller, buyer }
}

const toRecord = (
  seller: PartyRow,
  buyer: PartyRow,
  plan: InvoicePlan,
  month: PlainYearMonth,
  call: CallContext,
): repository.InvoiceRecord => ({
  realm_id: buyer.realm_id,
  id: newId(),
  path: buyer.path,
  seller_path: seller.path,
  seller_id: seller.id,
  buyer_id: buyer.id,
  month: firstDay(month).toString(),
  number: null,
  state: 'draft',
  draft_reason: plan.draftReason,
  currency: plan.currency,
  total_minor: plan.total?.minor ?? 0n,
  seller: JSON.stringify(seller.party),
  buyer: JSON.stringify(buyer.party),
  issued_at: null,
  due_on: null,
  created_at: toInstantText(call.now),
})

const toLines = (
  invoice: repository.InvoiceRecord,
  plan: InvoicePlan,
  month: PlainYearMonth,
): repository.LineRecord[] =>
  plan.lines.map(({ amount, unitPrice, quantity, division, pricing, basis, units, ...line }, index) => ({
    ...line,
    pricing: pricing === null ? null : JSON.stringify(pricing),
    basis: basis === null ? null : JSON.stringify(basis),
    units,
    quantity: `${quantity.numerator}`,
    divisor: `${quantity.denominator}`,
    division: division === null ? null : JSON.stringify(division),
    realm_id: invoice.realm_id,
    id: newId(),
    invoice_id: invoice.id,
    path: invoice.path,
    seller_path: invoice.seller_path,
    position: index + 1,
    from_day: line.from_day ?? firstDay(month).toString(),
    to_day: line.to_day ?? lastDay(month).toString(),
    unit_price: unitPrice,
    amount_minor: amount.minor,
  }))

async function issue(
  tx: Transaction,
  call: CallContext,
  seller: PartyRow,
  invoice: repository.InvoiceRecord,
): Promise<void> {
  const today = dayOf(call.now)
  const issuedAt = toInstantText(call.now)
  const dueOn = today.add({ days: dueDays }).toString()
  const number = toInvoiceNumber(today.year, await repository.nextNumber(tx, seller, today.year))
  const state = (await isPaid(tx, invoice)) ? 'paid' : 'issued'
  await repository.numberInvoice(tx, { realmId: invoice.realm_id, id: invoice.id, state, number, issuedAt, dueOn })
  await audit.append(tx, call, {
    action: 'invoice.issued',
    realmId: invoice.realm_id,
    path: invoice.path,
    object: { kind: 'invoice', id: invoice.id },
    before: null,
    after: { number, month: invoice.month, seller_id: invoice.seller_id, due_on: dueOn },
    private: true,
  })
}

/** By card, at the orders. R-BILL-1. What asks for nothing is not paid but issued. */
async function isPaid(tx: Transaction, invoice: repository.InvoiceRecord): Promise<boolean> {
  if (invoice.currency === null || invoice.total_minor <= 0n) return false
  const edge = { buyerId: invoice.buyer_id, sellerPath: invoice.seller_path }
  const payments = await orders.listCardPayments(tx, edge, invoice.month)
  return computeDue({ minor: invoice.total_minor, currency: invoice.currency }, payments).minor <= 0n
}

/** Closes every month that is over and was not closed, oldest first. R-BILL-1: from 01:00 UTC on the 1st, by itself. */
export const monthlyBilling = (db: Database): DueTask => ({
  name: 'billing.months',
  async run(call) {
    const vendor = await db.work(call, (tx) => tenants.findVendor(tx))
    if (vendor === null) return
    const done = new Set(await db.work(call, (tx) => repository.listDoneMonths(tx)))
    const last = monthOf(call.now)
    for (
      let month = monthOf(toInstant(vendor.created_at));
      Temporal.PlainYearMonth.compare(month, last) < 0;
      month = month.add({ months: 1 })
    ) {
      if (isOver(month, call.now) && !done.has(firstDay(month).toString())) await runMonth(db, call, month)
    }
  },
})

/** The queued job of a run that was asked for by hand. */
export const billingJob =
  (db: Database) =>
  async (payload: Record<string, unknown>): Promise<void> => {
    await runMonth(db, await db.systemCall('job:billing.run'), toMonth(String(payload.month)))
  }

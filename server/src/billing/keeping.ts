import { sql } from 'kysely'
import type { Due, KeepingClock, Place, Standing } from '../keeping/index.ts'
import { isEnd, type Transaction } from '../platform/database.ts'

/** What the law asks of a seller. */
const legal = { count: 10, unit: 'years' } as const

/** Invoices with the units and days behind them. R-KEEP-1. */
export const invoices: KeepingClock = {
  kind: 'invoices',
  title: 'Invoices with their evidence',
  erases:
    'The invoice with its lines, and the units, licenses, values and days behind it once no invoice of that month is left. Its number is not given again.',
  keptFor: legal,
  atLeast: legal,
  isPrivate: true,
  standing: (until) => sql<Standing & { seller_path: string }>`
    select i.realm_id, i.path, i.seller_path, i.id, i.number as name, i.issued_at as since from invoices i
    where i.issued_at <= ${until}::timestamptz`,
  within: (scope) => isEnd(scope, 's'),
  erase: eraseInvoices,
  sweep: eraseEvidence,
}

async function eraseInvoices(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const { rows } = await sql<Place>`
    delete from invoices i where i.path = any (${places.map(({ path }) => path)}) and i.issued_at <= ${until}::timestamptz
    returning i.realm_id, i.path`.execute(tx.tables())
  return rows
}

/** Units of months that no invoice is left of: an invoice of a month is issued after it. */
async function eraseEvidence(tx: Transaction, until: string): Promise<void> {
  for (const evidence of ['rated_units', 'rated_parts', 'rated_holdings', 'rated_peaks'])
    await sql`
    delete from ${sql.table(evidence)} u where u.month < date_trunc('month', ${until}::timestamptz at time zone 'UTC')::date
      and not exists (select 1 from invoices i where i.month = u.month)`.execute(tx.tables())
}

import { CsvError, parse } from 'csv-parse/sync'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { addTenant } from '../commands.ts'
import { toNameKey } from '../domain.ts'
import type { TenantHooks } from '../hooks.ts'
import { findChildByName } from '../repository.ts'
import { checkTitles, parseRow, type RowError, rowError, toColumn } from './domain.ts'
import { findParent } from './parents.ts'

const mostRows = 2000
const mostErrors = 100

type Row = Record<string, string>
type Import = { csv: string; dry_run: boolean }
type Answer = { dry_run: boolean; rows: number }

/** Ends the transaction of a dry run that has found nothing wrong. */
const dryRunEnd = new Error('the end of a dry run')

/**
 * Creates the tenants of a file, all or none. Throws import_refused with row, column and code of each error; a dry run says the same and
 * stores nothing. R-TREE-3, scenario 100.
 */
export async function importTenants(
  db: Database,
  hooks: TenantHooks,
  call: CallContext,
  { csv, dry_run }: Import,
): Promise<Answer> {
  const rows = readRows(csv)
  const answer = { dry_run, rows: rows.length }
  try {
    await db.transaction(call, async (tx) => {
      const errors: RowError[] = []
      for (const [index, row] of rows.entries()) {
        errors.push(...(await importRow(tx, hooks, call, { row, number: index + 2 })))
        if (errors.length >= mostErrors) break
      }
      if (errors.length > 0) throw refusal(errors)
      if (dry_run) throw dryRunEnd
    })
  } catch (error) {
    if (error !== dryRunEnd) throw error
  }
  return answer
}

const refusal = (errors: readonly RowError[]) =>
  new Problem('import_refused', {
    detail: `Row ${errors[0]?.row}, column ${errors[0]?.column}: ${errors[0]?.detail}`,
    errors: errors.map(({ row, column, code, detail }) => ({ pointer: `/rows/${row}/${column}`, code, detail })),
    params: { rows: errors },
  })

function readRows(csv: string): Row[] {
  const rows = parseCsv(csv)
  const titles = (rows[0] ?? []).map((title) => title.trim().toLowerCase())
  const errors = checkTitles(titles)
  if (rows.length < 2) errors.push(rowError(1, '', 'no_rows', 'The file has no row below its titles.'))
  if (rows.length > mostRows + 1)
    errors.push(rowError(mostRows + 2, '', 'too_many_rows', `A file has at most ${mostRows} rows; split it.`))
  if (errors.length > 0) throw refusal(errors)
  return rows.slice(1).map((cells) => Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? ''])))
}

function parseCsv(csv: string): string[][] {
  try {
    return parse(csv, {
      bom: true,
      relax_column_count_less: true,
      delimiter: [',', ';'],
      skip_records_with_empty_values: false,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? error.lines : 1
    throw refusal([rowError(line, '', 'malformed_csv', error.message)])
  }
}

/** Answers what is wrong with the row. Nothing that the database refuses is tried: that would end the transaction. */
async function importRow(
  tx: Transaction,
  hooks: TenantHooks,
  call: CallContext,
  { row, number }: { row: Row; number: number },
): Promise<RowError[]> {
  const parent = await findParent(tx, call, (row.parent ?? '').trim())
  const parsed = parseRow(number, row, 'id' in parent ? parent.id : call.scope.tenantId)
  const missing = 'id' in parent ? [] : [rowError(number, 'parent', parent.code, 'No such parent, or more than one.')]
  if (!parsed.ok) return [...missing, ...parsed.errors]
  if (missing.length > 0) return missing
  const { input } = parsed
  const taken = await findChildByName(tx, call.scope, input.parent_id, input.name)
  if (taken !== null)
    return [
      rowError(number, 'name', 'tenant_name_taken', `There is a ${toNameKey(input.name)} under that parent already.`),
    ]
  try {
    await addTenant(tx, hooks, call, input)
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const fields = error.details.errors ?? [{ pointer: '', code: error.code, detail: error.message }]
    return fields.map((field) => rowError(number, toColumn(field), field.code, field.detail))
  }
}

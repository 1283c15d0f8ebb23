import { type CreateTenant, createTenant } from '@tenantree/contract'
import type { ProblemFieldError } from '../../kernel/problem.ts'

/** Columns of the file: fields of the creation, the parent, and the company. What an export adds is passed over. */
export const tenantColumns = [
  'name',
  'level',
  'service_type',
  'provided_service_types',
  'device_country',
  'storage_location',
  'in_trial',
  'usage_space_gb',
  'auto_add_clients',
  'email_reports',
  'send_welcome_mail',
  'external_id',
] as const
export const companyColumns = [
  'legal_name',
  'vat_number',
  'street',
  'postal_code',
  'city',
  'country',
  'web_site',
  'customer_reference',
  'contact_name',
  'contact_email',
] as const
export const exportOnly = ['id', 'state', 'created_at'] as const
export const importColumns = ['parent', ...tenantColumns, ...companyColumns] as const

/** One thing that is wrong with one cell. Rows are counted as a spreadsheet does: the titles are row 1. */
export type RowError = { row: number; column: string; code: string; detail: string }

export const rowError = (row: number, column: string, code: string, detail: string): RowError => ({
  row,
  column,
  code,
  detail,
})

/** Throws nothing: answers what is wrong with the titles. */
export function checkTitles(titles: readonly string[]): RowError[] {
  const known: readonly string[] = [...importColumns, ...exportOnly]
  const unknown = titles.filter((title) => !known.includes(title))
  const twice = titles.filter((title, index) => titles.indexOf(title) !== index)
  const missing = ['name', 'level', 'device_country'].filter((title) => !titles.includes(title))
  return [
    ...unknown.map((title) => rowError(1, title, 'column_unknown', 'There is no such column.')),
    ...twice.map((title) => rowError(1, title, 'column_twice', 'The column stands there twice.')),
    ...missing.map((title) => rowError(1, title, 'column_missing', 'The column is needed.')),
  ]
}

const flags: ReadonlySet<string> = new Set(['in_trial', 'auto_add_clients', 'email_reports', 'send_welcome_mail'])
const truths: Record<string, boolean> = { true: true, yes: true, '1': true, false: false, no: false, '0': false }

/** A cell that a spreadsheet was kept from reading as a formula has an apostrophe in front. */
const unguarded = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)

function toValue(column: string, cell: string): unknown {
  if (flags.has(column)) return truths[cell.toLowerCase()] ?? cell
  if (column === 'provided_service_types') return cell.split(/[\s;,]+/).filter(Boolean)
  return cell
}

const filled = (cells: Readonly<Record<string, string>>, columns: readonly string[]) =>
  columns.flatMap((column) => {
    const cell = unguarded((cells[column] ?? '').trim())
    return cell === '' ? [] : [[column, toValue(column, cell)] as const]
  })

export type ParsedRow = { ok: true; input: CreateTenant } | { ok: false; errors: RowError[] }

/** A line of the file as the body of a creation. An empty cell is a field that is left out. */
export function parseRow(row: number, cells: Readonly<Record<string, string>>, parentId: string): ParsedRow {
  const company = Object.fromEntries(filled(cells, companyColumns))
  const body = {
    ...Object.fromEntries(filled(cells, tenantColumns)),
    parent_id: parentId,
    ...(Object.keys(company).length > 0 ? { company } : {}),
  }
  const parsed = createTenant.safeParse(body)
  if (parsed.success) return { ok: true, input: parsed.data }
  const errors = parsed.error.issues.map((issue) => rowError(row, columnOf(issue.path), 'invalid_value', issue.message))
  return { ok: false, errors }
}

const columnOf = (path: readonly PropertyKey[]): string => String((path[0] === 'company' ? path[1] : path[0]) ?? '')

/** `/company/country` is the column `country`. */
export const toColumn = (error: ProblemFieldError): string => error.pointer.split('/').filter(Boolean).at(-1) ?? ''

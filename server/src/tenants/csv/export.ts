import { stringify } from 'csv-stringify/sync'
import { sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import type { Instant } from '../../kernel/time.ts'
import { parentPath, toBounds } from '../../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import { type CompanyFields, getTenant, type TenantRecord } from '../repository.ts'
import { isInTrial } from '../trials/domain.ts'
import { exportOnly, importColumns } from './domain.ts'

type Row = TenantRecord & CompanyFields
const pageSize = 1000

/**
 * The tenants below one as a file that an import takes again: parents come before their children and are named from the caller's tenant down.
 * Cells that a spreadsheet would read as a formula have an apostrophe in front. Throws not_found. R-ACT-6.
 */
export const exportTenants = (db: Database, call: CallContext, underId: string | undefined): Promise<string> =>
  db.transaction(call, async (tx) => {
    const top = await getTenant(tx, call.scope, underId ?? call.scope.tenantId)
    const names = new Map<string, string>()
    const parts = [stringify([[...importColumns, ...exportOnly]], { record_delimiter: 'windows' })]
    await nameParents(tx, call, top, names)
    let after = top.path
    for (;;) {
      const rows = await listBelow(tx, call, { top: top.path, after })
      const cells = rows.map((row) => toCells(row, names, call.now))
      parts.push(stringify(cells, { escape_formulas: true, record_delimiter: 'windows' }))
      if (rows.length < pageSize) return parts.join('')
      after = rows.at(-1)?.path ?? after
    }
  })

const listBelow = async (
  tx: Transaction,
  call: CallContext,
  { top, after }: { top: string; after: string },
): Promise<Row[]> => {
  const { rows } = await sql<Row>`
    select c.*, t.* from tenants t join companies c on c.realm_id = t.realm_id and c.tenant_id = t.id
    where ${inScope(call.scope, 't')} and t.path > ${after} and t.path < ${toBounds(top).hi} and t.state <> 'deleted'
    order by t.path limit ${pageSize}`.execute(tx.tables())
  return rows
}

/** The name of `top` from the caller's tenant down, for the rows right below it. */
async function nameParents(
  tx: Transaction,
  call: CallContext,
  top: TenantRecord,
  names: Map<string, string>,
): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select t.name from tenants t
    where ${inScope(call.scope, 't')} and t.path = any (app.lineage(${top.path})) and t.path > ${call.scope.lo} order by t.path`.execute(
    tx.tables(),
  )
  names.set(top.path, rows.map(({ name }) => name).join(' / '))
}

function toCells(row: Row, names: Map<string, string>, now: Instant): string[] {
  const parent = names.get(parentPath(row.path) ?? '') ?? ''
  names.set(row.path, parent === '' ? row.name : `${parent} / ${row.name}`)
  const fields: Record<string, unknown> = {
    ...row,
    parent,
    in_trial: isInTrial(row, now) || row.former_state === 'in_trial',
    provided_service_types: row.provided_service_types.join(' '),
  }
  return [...importColumns, ...exportOnly].map((column) => String(fields[column] ?? ''))
}

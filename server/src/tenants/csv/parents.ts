import { sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import { toNameKey } from '../domain.ts'

const separator = ' / '

export type FoundParent = { id: string } | { code: 'parent_not_found' | 'parent_ambiguous' }

/**
 * Finds a parent by what a file says: nothing is the caller's own tenant; else an external id, or names from below the caller's tenant down,
 * `Northwind / Havel`. Tenants of earlier rows are found too.
 */
export async function findParent(tx: Transaction, call: CallContext, text: string): Promise<FoundParent> {
  if (text === '') return { id: call.scope.tenantId }
  const byExternalId = await sql<{ id: string }>`
    select t.id from tenants t
    where ${inScope(call.scope, 't')} and t.external_id = ${text} and t.state <> 'deleted' limit 2`.execute(tx.tables())
  if (byExternalId.rows.length > 1) return { code: 'parent_ambiguous' }
  const id = byExternalId.rows[0]?.id ?? (await findByNames(tx, call, text.split(separator)))
  return id === undefined ? { code: 'parent_not_found' } : { id }
}

async function findByNames(tx: Transaction, call: CallContext, names: readonly string[]): Promise<string | undefined> {
  let id: string | undefined = call.scope.tenantId
  for (const name of names) {
    if (id === undefined) return undefined
    const { rows }: { rows: { id: string }[] } = await sql<{ id: string }>`
      select t.id from tenants t
      where ${inScope(call.scope, 't')} and t.parent_id = ${id} and t.name_key = ${toNameKey(name.trim())}
        and t.state <> 'deleted'`.execute(tx.tables())
    id = rows[0]?.id
  }
  return id
}

import type { GridName, ViewDefinition } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { inScope, type Transaction } from '../platform/database.ts'

export type ViewRecord = {
  realm_id: bigint
  id: string
  path: string
  user_id: string
  grid: GridName
  name: string
  name_key: string
  definition: ViewDefinition
  version: number
  created_at: string
}
export type ViewTables = { views: ViewRecord }

export const constraints: Record<string, ProblemCode> = { views_name: 'view_name_taken' }

/** The view of that id if it is the caller's own. Throws not_found. */
export async function getView(tx: Transaction, scope: Scope, id: string): Promise<ViewRecord> {
  const found = await tx
    .tables<ViewTables>()
    .selectFrom('views')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', scope.actor.id ?? '')
    .where(inScope(scope, 'views'))
    .executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

/** Where the user of the call stands. Throws not_allowed for whoever is no user. */
export async function getOwner(tx: Transaction, scope: Scope): Promise<{ realm_id: bigint; path: string }> {
  const { rows } = await sql<{ realm_id: bigint; path: string }>`
    select u.realm_id, u.path from users u
    where u.id = ${scope.actor.kind === 'user' ? scope.actor.id : null} and ${inScope(scope, 'u')}`.execute(tx.tables())
  if (!rows[0]) throw new Problem('not_allowed')
  return rows[0]
}

export async function insertView(tx: Transaction, view: ViewRecord): Promise<void> {
  await tx
    .tables<{ views: Omit<ViewRecord, 'definition'> & { definition: string } }>()
    .insertInto('views')
    .values({ ...view, definition: JSON.stringify(view.definition) })
    .execute()
}

/** Saves a change if the view still has the version that was read. Answers whether it had. */
export async function updateView(tx: Transaction, view: ViewRecord, readVersion: number): Promise<boolean> {
  const result = await tx
    .tables<{ views: Omit<ViewRecord, 'definition'> & { definition: string } }>()
    .updateTable('views')
    .set({
      name: view.name,
      name_key: view.name_key,
      definition: JSON.stringify(view.definition),
      version: view.version,
    })
    .where('realm_id', '=', view.realm_id)
    .where('id', '=', view.id)
    .where('version', '=', readVersion)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function deleteView(tx: Transaction, view: ViewRecord): Promise<void> {
  await tx
    .tables<ViewTables>()
    .deleteFrom('views')
    .where('realm_id', '=', view.realm_id)
    .where('id', '=', view.id)
    .execute()
}

export async function deleteOrphans(tx: Transaction): Promise<void> {
  await sql`
    delete from views v where not exists (select 1 from users u where u.realm_id = v.realm_id and u.id = v.user_id)`.execute(
    tx.tables(),
  )
}

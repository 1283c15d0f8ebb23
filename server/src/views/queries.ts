import type { View, viewQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { type Database, inScope } from '../platform/database.ts'
import type { ViewRecord } from './repository.ts'

/** The caller's own views by name, of one grid if asked. R-VIEW-1. */
export const listViews = (db: Database, call: CallContext, query: z.infer<typeof viewQuery>): Promise<Page<View>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['text', 'uuid'])
    const { rows } = await sql<ViewRecord>`
      select v.* from views v
      where v.user_id = ${call.scope.actor.id} and ${inScope(call.scope, 'v')}
        ${query.grid === undefined ? sql`` : sql`and v.grid = ${query.grid}`}
        ${after === null ? sql`` : sql`and (v.name_key, v.id) > (${after[0]}, ${after[1]}::uuid)`}
      order by v.name_key, v.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.id])
    return { ...page, data: page.data.map(toView) }
  })

export const toView = ({ id, grid, name, definition, version, created_at }: ViewRecord): View => ({
  id,
  grid,
  name,
  definition,
  version,
  created_at,
})

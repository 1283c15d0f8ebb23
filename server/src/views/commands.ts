import type { createView as createSchema, updateView as updateSchema } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { newId } from '../platform/ids.ts'
import { decideDefinition, toNameKey } from './domain.ts'
import type { ViewRecord } from './repository.ts'
import * as repository from './repository.ts'

/** Keeps a view of the caller's own. Throws invalid_request for what the grid does not have, view_name_taken. R-VIEW-1. */
export const createView = (db: Database, call: CallContext, input: z.infer<typeof createSchema>): Promise<ViewRecord> =>
  db.transaction(call, async (tx) => {
    const definition = decideDefinition(input.grid, input.definition)
    const owner = await repository.getOwner(tx, call.scope)
    const view: ViewRecord = {
      ...owner,
      id: newId(),
      user_id: call.scope.actor.id ?? '',
      grid: input.grid,
      name: input.name,
      name_key: toNameKey(input.name),
      definition,
      version: 1,
      created_at: toInstantText(call.now),
    }
    await repository.insertView(tx, view)
    await note(tx, call, 'view.created', null, view)
    return view
  })

/** Throws not_found, stale_version, invalid_request, view_name_taken. */
export const updateView = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number; change: z.infer<typeof updateSchema> },
): Promise<ViewRecord> =>
  db.transaction(call, async (tx) => {
    const view = await repository.getView(tx, call.scope, input.id)
    if (view.version !== input.version) throw new Problem('stale_version', { params: { version: view.version } })
    const { name = view.name, definition = view.definition } = input.change
    const changed: ViewRecord = {
      ...view,
      name,
      name_key: toNameKey(name),
      definition: decideDefinition(view.grid, definition),
      version: view.version + 1,
    }
    if (!(await repository.updateView(tx, changed, view.version))) throw new Problem('stale_version')
    await note(tx, call, 'view.updated', view, changed)
    return changed
  })

/** Throws not_found. */
export const deleteView = (db: Database, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const view = await repository.getView(tx, call.scope, id)
    await repository.deleteView(tx, view)
    await note(tx, call, 'view.deleted', view, null)
  })

/** A view is its owner's business: the log has its name and grid, not what it shows. */
const toFields = (view: ViewRecord | null) =>
  view === null ? null : { name: view.name, grid: view.grid, version: view.version }

const note = (
  tx: Transaction,
  call: CallContext,
  action: string,
  before: ViewRecord | null,
  after: ViewRecord | null,
): Promise<void> => {
  const { realm_id, path, id } = (after ?? before)!
  return audit.append(tx, call, {
    action,
    realmId: realm_id,
    path,
    object: { kind: 'view', id },
    before: toFields(before),
    after: toFields(after),
  })
}

/** Views of users who are gone are dropped. */
export const expiry = (db: Database): DueTask => ({
  name: 'views.expiry',
  run: (call) => db.work(call, (tx) => repository.deleteOrphans(tx)),
})

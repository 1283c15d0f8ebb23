import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import { inScope } from '../platform/database.ts'

/** Entries of the subtree, in whatever realm they were sealed; private ones only for the tenant itself. R-TREE-9, R-TREE-10. */
export const isReadable = (scope: Scope): RawBuilder<SqlBool> =>
  sql<SqlBool>`${inScope({ ...scope, realmId: null }, 'e')} and (not e.private or e.path = ${scope.lo})`

/** Whether something of the id stands in the scope: a user, or a thing that was ever changed there. What is above is unknown below. */
export const isKnown = (scope: Scope, id: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql<SqlBool>`(exists (select 1 from users known where known.id = ${id} and ${inScope({ ...scope, realmId: null }, 'known')})
    or exists (select 1 from audit_entries known where known.object_id = ${id}
      and ${inScope({ ...scope, realmId: null }, 'known')} and (not known.private or known.path = ${scope.lo})))`

export const actorIsKnown = (scope: Scope): RawBuilder<SqlBool> =>
  sql<SqlBool>`(e.actor_id is null or ${isKnown(scope, sql`e.actor_id`)})`

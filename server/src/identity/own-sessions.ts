import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret } from '../platform/ids.ts'
import type { SessionRow } from './repository.ts'
import * as repository from './repository.ts'

/** Ends the caller's own session. */
export const signOut = (db: Database, call: CallContext, token: string): Promise<void> =>
  db.transaction(call, (tx) => repository.deleteSession(tx, hashSecret(token)))

export type OwnSession = Omit<repository.Session, 'token_hash' | 'realm_id' | 'user_id'> & { current: boolean }

/** The caller's sessions that are not over, newest first. */
export const listSessions = (db: Database, call: CallContext, token: string): Promise<OwnSession[]> =>
  db.transaction(call, async (tx) => {
    const rows = await repository.listSessions(tx, call.scope.actor.id ?? '', toInstantText(realNow()))
    const current = hashSecret(token)
    return rows.map(({ token_hash, realm_id: _realm, user_id: _user, ...session }) => ({
      ...session,
      current: token_hash.equals(current),
    }))
  })

/** Ends one of the caller's sessions. Throws not_found, also for a session of someone else. */
export const endSession = (db: Database, call: CallContext, session: SessionRow, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    if (!(await repository.deleteSessionOf(tx, session.user_id, id))) throw new Problem('not_found')
    await audit.append(tx, call, {
      action: 'session.ended',
      realmId: session.realm_id,
      path: session.path,
      object: { kind: 'user', id: session.user_id },
      before: null,
      after: null,
    })
  })

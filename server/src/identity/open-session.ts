import * as audit from '../audit/index.ts'
import type { CallContext, Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import { type Database, enterScope, type Transaction } from '../platform/database.ts'
import { hashSecret, newId, newSecret } from '../platform/ids.ts'
import { noteSignIn } from './access-log/commands.ts'
import { type SignInMethod, toScope } from './domain.ts'
import type { SessionRow } from './repository.ts'
import * as repository from './repository.ts'
import { sessionHours } from './sessions.ts'

export type Visitor = { requestId: string; address: string; userAgent?: string }
export type SignedIn = { token: string; session: SessionRow; call: CallContext }

const nobody: Scope = {
  actor: { kind: 'system', id: null },
  tenantId: '',
  realmId: null,
  lo: '',
  hi: '',
  chain: '',
  reach: 'subtree',
}

/** The context of someone who is not signed in: sees nothing, and directories only by exact key. */
export async function visit(db: Database, visitor: Visitor): Promise<CallContext> {
  const now = db.clock.learn(await repository.readClock(db))
  return { scope: nobody, now, may: new Set(), requestId: visitor.requestId, address: visitor.address }
}

/** A refusal that has written something comes out of its transaction as a value: thrown inside it would undo what it wrote. */
export function signedInOrThrow(outcome: SignedIn | Problem): SignedIn {
  if (outcome instanceof Problem) throw outcome
  return outcome
}

/** The end of every way to sign in; what was asked of it has been decided before. Whoever was invited is active from here on. */
export async function openSession(
  tx: Transaction,
  call: CallContext,
  visitor: Visitor,
  user: { realm_id: bigint; user_id: string; by: SignInMethod },
): Promise<SignedIn> {
  const token = newSecret('tts')
  const hash = hashSecret(token)
  await repository.insertSession(tx, {
    token_hash: hash,
    id: newId(),
    realm_id: user.realm_id,
    user_id: user.user_id,
    created_at: toInstantText(realNow()),
    expires_at: toInstantText(realNow().add({ hours: sessionHours })),
    address: call.address,
    user_agent: visitor.userAgent ?? '',
    method: user.by,
  })
  const session = await repository.findSessionIn(tx, hash)
  if (session === null) throw new Problem('sign_in_failed')
  const scope = toScope({ kind: 'user', id: session.user_id }, session)
  const inside = await enterScope(tx, scope)
  const entered = { ...call, scope }
  if (user.by !== 'password') await repository.markActive(inside, session.realm_id, session.user_id)
  await audit.append(inside, entered, {
    action: 'session.opened',
    realmId: session.realm_id,
    path: session.path,
    object: { kind: 'user', id: session.user_id },
    before: null,
    after: { by: user.by },
  })
  await noteSignIn(inside, entered, { userId: session.user_id, how: user.by, userAgent: visitor.userAgent })
  return { token, session, call: entered }
}

import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import { queueMail } from '../mails/index.ts'
import { type Database, joining, type Transaction } from '../platform/database.ts'
import * as tenants from '../tenants/index.ts'
import type { InvitedUser } from './commands.ts'
import { toUser } from './queries.ts'
import type { SessionRow } from './repository.ts'

/** Invites by `make`, and queues the mail with the link in the same transaction; the link is answered too, once. R-USER-4, R-MAIL-1. */
export const invite = (
  db: Database,
  call: CallContext,
  baseUrl: string,
  make: (joined: CallContext) => Promise<InvitedUser>,
) =>
  db.transaction(call, async (tx) => {
    const { user, tenantName, token, expiresAt } = await make(joining(call, tx))
    const signInUrl = `${baseUrl}/sign-in/link?token=${token}`
    await queueMail(tx, call, {
      tenant: await tenants.getTenant(tx, call.scope, user.tenant_id),
      template: 'user_invitation',
      to: { address: user.email, name: user.name },
      data: { user_name: user.name, tenant_name: tenantName, sign_in_url: signInUrl, expires_at: expiresAt },
    })
    return { user: toUser(user, tenantName, false), sign_in_url: signInUrl, sign_in_expires_at: expiresAt }
  })

/** Whom a mail of this kind goes to: the user of a session, or of a sign-in that is under way. */
type Person = Pick<SessionRow, 'realm_id' | 'tenant_id' | 'path' | 'level' | 'email' | 'name'>

const toPerson = ({ realm_id, tenant_id, path, level, email, name }: Person) => ({
  tenant: { realm_id, id: tenant_id, path, level },
  to: { address: email, name },
})

/** Tells the user of a changed password, so that one who has not done it notices. */
export const tellPasswordChanged = (tx: Transaction, call: CallContext, person: Person): Promise<void> =>
  queueMail(tx, call, {
    ...toPerson(person),
    template: 'password_changed',
    data: { user_name: person.name, changed_at: toInstantText(call.now), address: call.address },
  })

/** Tells the user of a passkey that was added: whoever has one signs in as the user. */
export const tellPasskeyAdded = (tx: Transaction, call: CallContext, person: Person, name: string): Promise<void> =>
  queueMail(tx, call, {
    ...toPerson(person),
    template: 'passkey_added',
    data: { user_name: person.name, passkey_name: name, added_at: toInstantText(call.now), address: call.address },
  })

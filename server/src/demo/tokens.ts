import { createInstallToken } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import type { Database } from '../platform/database.ts'
import type { TenantRecord } from '../tenants/index.ts'

const issued = new WeakMap<Database, Map<string, string>>()

/** One install token a tenant and load, as an administrator would make one for a whole roll-out. */
export async function issueToken({ db }: { db: Database }, call: CallContext, place: TenantRecord): Promise<string> {
  const tokens = issued.get(db) ?? new Map<string, string>()
  issued.set(db, tokens)
  const known = tokens.get(place.id)
  if (known !== undefined) return known
  const { token } = await createInstallToken(db, call, place.id, '')
  tokens.set(place.id, token)
  return token
}

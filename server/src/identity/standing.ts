import type { Level, Role } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { Asked } from './domain.ts'

/** Who someone is who is about to sign in, and what is asked of that. Read before there is a scope, by exact key. */
export type Standing = Asked & {
  realm_id: bigint
  user_id: string
  email: string
  name: string
  role: Role
  state: 'invited' | 'active'
  tenant_id: string
  tenant_name: string
  level: Level
  path: string
  /** The tenant, or one above it, is inactive or deleted. */
  is_closed: boolean
  has_passkey: boolean
  /** null: there is no single sign-on for the user. */
  provider: SignInProvider | null
}
export type SignInProvider = { tenantId: string; issuer: string; clientId: string; sealedSecret: string }

type Row = Omit<Standing, 'provider'> & {
  provider_tenant_id: string | null
  issuer: string
  client_id: string
  client_secret: string
}

export async function findStanding(
  tx: Transaction,
  user: { realm_id: bigint; user_id: string },
): Promise<Standing | null> {
  const { rows } = await sql<Row>`
    select s.*, f.has_second_factor, f.needs_second_factor
    from app.standing_of(${user.realm_id}, ${user.user_id}) s cross join lateral app.sign_in_of(s.user_id, s.path) f`.execute(
    tx.tables(),
  )
  const [row] = rows
  if (row === undefined) return null
  const { provider_tenant_id: tenantId, issuer, client_id: clientId, client_secret: sealedSecret, ...standing } = row
  return { ...standing, provider: tenantId === null ? null : { tenantId, issuer, clientId, sealedSecret } }
}

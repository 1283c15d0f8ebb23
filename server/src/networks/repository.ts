import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { inScope, type Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'

type Registered = Owned & {
  id: string
  name: string
  name_key: string
  state: 'active' | 'removed'
  created_at: string
  removed_at: string | null
}
export type GatewayRecord = Registered
export type DomainRecord = Registered & { customer_id: string; kind: 'microsoft_365' | 'google_workspace' }
export type NetworkTables = { gateways: GatewayRecord; domains: DomainRecord }
export type Register = keyof NetworkTables

export const constraints: Record<string, ProblemCode> = {
  gateways_name: 'gateway_name_taken',
  domains_name: 'domain_exists',
}

export async function insertGateway(tx: Transaction, gateway: GatewayRecord): Promise<void> {
  await tx.tables<NetworkTables>().insertInto('gateways').values(gateway).execute()
}

export async function insertDomain(tx: Transaction, domain: DomainRecord): Promise<void> {
  await tx.tables<NetworkTables>().insertInto('domains').values(domain).execute()
}

/** Takes one out of its register and answers it. Throws not_found, state_conflict where it is removed already. */
export async function remove(tx: Transaction, register: Register, id: string, at: string): Promise<Registered> {
  const { rows } = await sql<Registered>`
    select r.* from ${sql.table(register)} r where r.id = ${id} and ${inScope(tx.scope, 'r')} for update`.execute(
    tx.tables(),
  )
  const found = rows[0]
  if (found === undefined) throw new Problem('not_found')
  if (found.state === 'removed') throw new Problem('state_conflict', { params: { state: found.state } })
  await sql`update ${sql.table(register)} set state = 'removed', removed_at = ${at}
    where realm_id = ${found.realm_id} and id = ${found.id}`.execute(tx.tables())
  return found
}

/** Those of a site that has come to another end customer are that one's now: a name may be taken there. */
export async function saveCustomer(tx: Transaction, site: { path: string; parent_id: string | null }): Promise<void> {
  const { lo, hi } = toBounds(site.path)
  await sql`update domains set customer_id = ${site.parent_id} where path >= ${lo} and path < ${hi}`.execute(
    tx.tables(),
  )
}

import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import { toBounds } from '../kernel/tree.ts'
import { inScope, type Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'

export type SubscriberRecord = Owned & {
  id: string
  customer_id: string
  state: 'invited' | 'activated' | 'removed' | 'withdrawn'
  created_at: string
  removed_at: string | null
  version: number
}
export type PersonRecord = {
  realm_id: bigint
  subscriber_id: string
  path: string
  customer_id: string
  name: string
  name_key: string
  email: string
  email_key: string
}
export type SubscriberTables = { subscribers: SubscriberRecord; subscriber_persons: PersonRecord }

export const constraints: Record<string, ProblemCode> = { subscriber_persons_address: 'subscriber_exists' }

/** Who has the address at the customer or a site of it, whatever the state. The row stays locked. */
export async function lockByAddress(
  tx: Transaction,
  { realmId, customerId, emailKey }: { realmId: bigint; customerId: string; emailKey: string },
): Promise<SubscriberRecord | null> {
  const { rows } = await sql<SubscriberRecord>`
    select s.* from subscriber_persons p join subscribers s on s.realm_id = p.realm_id and s.id = p.subscriber_id
    where p.realm_id = ${realmId} and p.customer_id = ${customerId} and p.email_key = ${emailKey}
    for update of s`.execute(tx.tables())
  return rows[0] ?? null
}

export async function insertSubscriber(
  tx: Transaction,
  subscriber: SubscriberRecord,
  person: PersonRecord,
): Promise<void> {
  const tables = tx.tables<SubscriberTables>()
  await tables.insertInto('subscribers').values(subscriber).execute()
  await tables.insertInto('subscriber_persons').values(person).execute()
}

/** The row stays locked: nobody gives it a license meanwhile. */
export async function lockSubscriber(tx: Transaction, id: string): Promise<SubscriberRecord | null> {
  const { rows } = await sql<SubscriberRecord>`
    select s.* from subscribers s where s.id = ${id} and ${inScope(tx.scope, 's')} for update`.execute(tx.tables())
  return rows[0] ?? null
}

export async function saveSubscriber(
  tx: Transaction,
  { realm_id, id }: SubscriberRecord,
  change: Partial<Pick<SubscriberRecord, 'state' | 'removed_at' | 'tenant_id' | 'path'>>,
): Promise<void> {
  await tx
    .tables<SubscriberTables>()
    .updateTable('subscribers')
    .set({ ...change, version: sql`version + 1` })
    .where('realm_id', '=', realm_id)
    .where('id', '=', id)
    .execute()
}

export async function savePerson(tx: Transaction, person: PersonRecord): Promise<void> {
  const { realm_id, subscriber_id, ...change } = person
  await tx
    .tables<SubscriberTables>()
    .updateTable('subscriber_persons')
    .set(change)
    .where('realm_id', '=', realm_id)
    .where('subscriber_id', '=', subscriber_id)
    .execute()
}

/** Those of a site that has come to another end customer are that one's now: an address may be taken there. */
export async function saveCustomer(tx: Transaction, site: { path: string; parent_id: string | null }): Promise<void> {
  const { lo, hi } = toBounds(site.path)
  for (const table of ['subscribers', 'subscriber_persons'])
    await sql`update ${sql.table(table)} set customer_id = ${site.parent_id} where path >= ${lo} and path < ${hi}`.execute(
      tx.tables(),
    )
}

import type { createSubscriber as createSubscriberSchema, Subscriber } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { HolderHooks } from '../networks/index.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import * as tenants from '../tenants/index.ts'
import { readSubscriber } from './queries.ts'
import * as repository from './repository.ts'

/**
 * Adds a subscriber to an end customer or site; one that was removed comes back with the same id. R-SUB-2.
 * Throws not_found, parent_level_invalid, subscriber_exists, state_conflict.
 */
export const createSubscriber = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createSubscriberSchema>,
): Promise<Subscriber> =>
  db.transaction(call, async (tx) => {
    const { tenant, customerId } = decidePlace(await tenants.getTenant(tx, call.scope, input.tenant_id))
    const person = toPerson(tenant, customerId, input)
    const known = await repository.lockByAddress(tx, {
      realmId: tenant.realm_id,
      customerId,
      emailKey: person.email_key,
    })
    if (known !== null) decideReturn(known)
    const saved = await (known === null ? add(tx, call, tenant, person) : restore(tx, known, tenant, person))
    await note(tx, call, { ...saved, person })
    return readSubscriber(tx, call, saved.id)
  })

type Saved = { id: string; act: 'created' | 'restored' }

function decidePlace(tenant: tenants.TenantRecord) {
  const customerId = tenants.customerIdOf(tenant)
  if (customerId === null)
    throw fieldProblem('parent_level_invalid', 'tenant_id', 'Subscribers stand at end customers and sites.')
  if (tenant.state === 'deleted') throw new Problem('state_conflict', { params: { state: tenant.state } })
  return { tenant, customerId }
}

/** Only one that was taken out comes back. Throws subscriber_exists. */
function decideReturn({ state }: repository.SubscriberRecord): void {
  if (state !== 'removed' && state !== 'withdrawn') throw new Problem('subscriber_exists')
}

type Person = Omit<repository.PersonRecord, 'subscriber_id'>

const toPerson = (
  tenant: tenants.TenantRecord,
  customerId: string,
  input: { name: string; email: string },
): Person => ({
  realm_id: tenant.realm_id,
  path: tenant.path,
  customer_id: customerId,
  name: input.name,
  name_key: tenants.toNameKey(input.name),
  email: input.email,
  email_key: tenants.toNameKey(input.email),
})

async function add(tx: Transaction, call: CallContext, tenant: tenants.TenantRecord, person: Person): Promise<Saved> {
  const id = newId()
  const subscriber = {
    realm_id: tenant.realm_id,
    id,
    path: tenant.path,
    tenant_id: tenant.id,
    customer_id: person.customer_id,
    state: 'invited' as const,
    created_at: toInstantText(call.now),
    removed_at: null,
    version: 1,
  }
  await repository.insertSubscriber(tx, subscriber, { ...person, subscriber_id: id })
  return { id, act: 'created' }
}

/** At the customer or another site of it, if asked for there now. */
async function restore(
  tx: Transaction,
  known: repository.SubscriberRecord,
  tenant: tenants.TenantRecord,
  person: Person,
): Promise<Saved> {
  await repository.saveSubscriber(tx, known, {
    state: 'invited',
    removed_at: null,
    tenant_id: tenant.id,
    path: tenant.path,
  })
  await repository.savePerson(tx, { ...person, subscriber_id: known.id })
  return { id: known.id, act: 'restored' }
}

/** Takes a subscriber out; its licenses go back to their pools. R-SUB-7. Throws not_found, state_conflict. */
export const removeSubscriber = (db: Database, hooks: HolderHooks, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const subscriber = await repository.lockSubscriber(tx, id)
    if (subscriber === null) throw new Problem('not_found')
    const { state } = subscriber
    if (state === 'removed' || state === 'withdrawn') throw new Problem('state_conflict', { params: { state } })
    for (const hook of hooks.beforeRemove) await hook(tx, call, { ...subscriber, kind: 'subscriber' })
    await repository.saveSubscriber(tx, subscriber, { state: 'removed', removed_at: toInstantText(call.now) })
    await audit.append(tx, call, {
      action: 'subscriber.removed',
      realmId: subscriber.realm_id,
      path: subscriber.path,
      object: { kind: 'subscriber', id },
      before: { state },
      after: { state: 'removed' },
    })
  })

/** Subscribers of a site go with it to another end customer. R-SUB-2, R-TREE-6. Throws subscriber_exists. */
export async function followSite(
  tx: Transaction,
  _call: CallContext,
  { tenant }: { tenant: tenants.TenantRecord },
): Promise<void> {
  if (tenant.level === 'site') await repository.saveCustomer(tx, tenant)
}

type Noted = Saved & { person: Person }

const note = (tx: Transaction, call: CallContext, { id, person, act }: Noted): Promise<void> =>
  audit.append(tx, call, {
    action: `subscriber.${act}`,
    realmId: person.realm_id,
    path: person.path,
    object: { kind: 'subscriber', id },
    before: null,
    after: { name: person.name, email: person.email, state: 'invited' },
    personal: ['/after/name', '/after/email'],
  })

import { createLicenses } from '../src/licenses/index.ts'
import * as given from './given.ts'
import { query } from './state.ts'
import type { Client, World } from './world.ts'

/** Licenses without an order: for what is about pools and holders alone. */
export type Wanted = {
  ownerId: string
  /** The owner's own if left out. */
  poolId?: string
  offerId: string
  quantity: number
  endsOn?: string
  autoRenew?: boolean
  isTrial?: boolean
}

/** Puts licenses into a pool by the function that orders call; answers their ids. */
export async function licenses(world: World, wanted: Wanted): Promise<string[]> {
  const { db } = world.application
  const [owner, pool] = await Promise.all(
    [wanted.ownerId, wanted.poolId ?? wanted.ownerId].map((id) => readTenant(world, id)),
  )
  const [offer] = await query(world, 'select * from offers where id = $1', [wanted.offerId])
  const call = await db.systemCall('given')
  const endsOn = wanted.endsOn ?? '2028-01-04'
  const dates = wanted.isTrial
    ? { endsOn: null, committedTo: null, term: null }
    : { endsOn, committedTo: endsOn, term: 'year' }
  return db.work(call, (tx) =>
    createLicenses(tx, call, {
      owner: owner!,
      pool: pool!,
      orderId: null,
      lines: [
        {
          orderLineId: null,
          offer: offer as Parameters<typeof createLicenses>[2]['lines'][number]['offer'],
          quantity: wanted.quantity,
          startsOn: '2027-01-05',
          autoRenew: wanted.autoRenew ?? true,
          isTrial: wanted.isTrial ?? false,
          ...dates,
        },
      ],
    }),
  )
}

async function readTenant(world: World, id: string) {
  const [row] = await query<{ realm_id: string; id: string; path: string }>(
    world,
    'select realm_id, id, path from tenants where id = $1',
    [id],
  )
  if (row === undefined) throw new Error(`no tenant ${id}`)
  return { ...row, realm_id: BigInt(row.realm_id) }
}

/** A person at a customer or site. */
export const subscriber = async (as: Client, tenantId: string): Promise<string> => {
  const name = given.unique('Person')
  const body = { tenant_id: tenantId, name, email: `${name.replace(' ', '.')}@people.example` }
  return given.expectOk(await as.post('/v1/subscribers', body)).body.id
}

export const gateway = async (as: Client, tenantId: string): Promise<string> =>
  given.expectOk(await as.post('/v1/gateways', { tenant_id: tenantId, name: given.unique('Gateway') })).body.id

export const domain = async (
  as: Client,
  tenantId: string,
  name = `${given.unique('d').replace(' ', '')}.example`,
): Promise<string> =>
  given.expectOk(await as.post('/v1/domains', { tenant_id: tenantId, name, kind: 'microsoft_365' })).body.id

export type Machine = { os?: string; os_version?: string }

/** A machine of an operating system, enrolled, with a way to ask for a license. */
export async function machine(world: World, as: Client, tenantId: string, { os, os_version }: Machine = {}) {
  const token = given.expectOk(await as.post(`/v1/tenants/${tenantId}/install-token`)).body.token
  const id = given.unique('machine').replace(' ', '-')
  const body = {
    install_token: token,
    agent_version: '0.1.0',
    machine: {
      machine_id: id,
      host_name: `HOST-${id}`,
      os: os ?? 'windows',
      os_version: os_version ?? 'Windows 11 Pro',
      architecture: 'x64',
      machine_kind: 'physical',
    },
  }
  const made = given.expectOk(await world.as(null).post('/agent/v1/enrol', body)).body
  const agent = world.as(made.device_key)
  return {
    id: made.device_id as string,
    hostName: `HOST-${id}`,
    signal: () => agent.post('/agent/v1/heartbeat', { agent_version: '0.1.0' }),
    ask: (product: string) => agent.post('/agent/v1/license', { product }),
  }
}

/** An offer per device and its product's name, enabled down the whole branch. */
export async function soldOffer(world: World, branch: given.Channel, fields: Record<string, unknown> = {}) {
  const product = given.unique('Backup')
  const offerId = await given.orderedOffer(world, { product, unit: 'device', ...fields })
  await given.soldTerms(world, branch, offerId)
  return { offerId, product: (fields.product as string | undefined) ?? product }
}

export const assign = (as: Client, licenseId: string, kind: string, holderId: string) =>
  as.post(`/v1/licenses/${licenseId}/assign`, { holder_kind: kind, holder_id: holderId })

export const take = (as: Client, offerId: string, kind: string, holderId: string) =>
  as.post('/v1/licenses/assign', { holder_kind: kind, holder_id: holderId, offer_id: offerId })

export const setPool = async (as: Client, tenantId: string, settings: Record<string, unknown>) => {
  const path = `/v1/tenants/${tenantId}/pool-settings`
  const { version } = given.expectOk(await as.get(path)).body
  return as.put(path, settings, version)
}

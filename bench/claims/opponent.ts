import type pg from 'pg'
import { newId, sha256 } from '../../server/src/platform/ids.ts'
import { openClient } from '../seats.ts'
import { inTurns, type Kind, type Told } from './race.ts'
import type { Device, Stock, World } from './world.ts'

// What one would write by hand: plain pg, prepared statements, by the superuser whom no policy holds. It knows everything beforehand, checks nothing
// but that a license is free, and writes the rows that a claim of ours writes, in the same transaction.
const isFree = `f.realm_id = $1 and f.pool_id = $2 and f.offer_id = $3 and not f.is_trial and f.set_aside_for is null and f.holder_id is null
  and f.state in ('unassigned', 'pending_cancel')`

const statements = {
  claim: `update licenses l set state = 'assigned', path = $4, holder_kind = 'device', holder_id = $5, holder_tenant_id = $6, assigned_at = $7,
      version = l.version + 1
    where (l.realm_id, l.id) = (
      select f.realm_id, f.id from licenses f where ${isFree} order by f.id limit 1 for update skip locked)
    returning l.id`,
  // Of what others are taking: locked until each is told, and let go at once, or two who wait would wait for each other.
  wait: `select f.id from licenses f where ${isFree} order by f.id limit 1 for share`,
  holding: `insert into license_holdings (realm_id, id, path, license_id, offer_id, owner_id, owner_path, holder_kind, holder_id, tenant_id, customer_id,
    is_trial, from_at) values ($1, $2, $3, $4, $5, $6, $7, 'device', $8, $9, $9, false, $10)`,
  event: `insert into license_events (realm_id, id, path, license_id, at, what, actor_kind, actor_id, details) values ($1, $2, $3, $4, $5, 'assigned', $6, $7, $8)`,
  numbers: `update pool_numbers set unassigned = unassigned - 1 where realm_id = $1 and pool_id = $2 and unit = 'device' returning total, unassigned`,
  audit: `insert into audit_entries (realm_id, id, path, at, actor_kind, actor_id, request_id, address, action, object_kind, object_id, private, before, after)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 'license.assigned', 'license', $9, false, null, $10),
      ($1, $11, $12, $4, $5, $6, $7, $13, 'license.assigned', 'license', $9, false, null, $14)`,
  personal: `insert into audit_personal (realm_id, entry_id, pointer, path, salt, value) values ($1, $2, '/address', $3, $4, $5), ($1, $6, '/address', $7, $4, $5)`,
  outbox: `insert into outbox (realm_id, id, topic, path, payload, created_at) values ($1, $2, 'license.assigned', $3, $4, $5)`,
  idempotency: `insert into idempotency_keys (realm_id, credential, route, key, path, request_hash, status, answer, created_at)
    values ($1, $2, 'POST /v1/licenses/assign', $3, $4, $5, 200, $6, $7)`,
}

type Claim = { world: World; stock: Stock; kind: Kind; device: Device; client: pg.Client }

const ask = (client: pg.Client, name: keyof typeof statements, values: unknown[]) =>
  client.query({ name, text: statements[name], values })

/** One claim, in one transaction. */
async function claim(one: Claim): Promise<string | null> {
  const { client } = one
  const at = new Date().toISOString()
  await client.query('begin')
  const licenseId = await take(one, at)
  if (licenseId === null) {
    await client.query('rollback')
    return null
  }
  await keep(one, licenseId, at)
  await client.query('commit')
  return licenseId
}

async function take({ client, device, stock, world }: Claim, at: string): Promise<string | null> {
  const { customer } = device
  const of = [customer.realm_id, world.reseller.id, stock.offerId]
  for (;;) {
    const taken = await ask(client, 'claim', [...of, customer.path, device.id, customer.id, at])
    if (taken.rows[0] !== undefined) return taken.rows[0].id
    await client.query('savepoint look')
    const left = await ask(client, 'wait', of)
    await client.query('rollback to savepoint look')
    if (left.rows[0] === undefined) return null
  }
}

async function keep({ client, world, stock, kind, device }: Claim, licenseId: string, at: string): Promise<void> {
  const { reseller } = world
  const { customer } = device
  const realm = customer.realm_id
  const actor = kind === 'agent' ? 'device' : 'user'
  const holder = { offer_id: stock.offerId, holder_kind: 'device', holder_id: device.id }
  const details = JSON.stringify({ why: 'taken', ...holder })
  await ask(client, 'holding', [
    realm,
    newId(),
    customer.path,
    licenseId,
    stock.offerId,
    reseller.id,
    reseller.path,
    device.id,
    customer.id,
    at,
  ])
  await ask(client, 'event', [realm, newId(), customer.path, licenseId, at, actor, device.id, details])
  const { rows } = await ask(client, 'numbers', [realm, reseller.id])
  const after = JSON.stringify({
    why: 'taken',
    ...holder,
    pool_id: reseller.id,
    ...{ user_total: 0, user_unassigned: 0, gateway_total: 0, gateway_unassigned: 0 },
    ...{ device_total: rows[0].total, device_unassigned: rows[0].unassigned },
  })
  const [owners, holders, salt] = [newId(), newId(), Buffer.alloc(16, licenseId)]
  const address = `sha256:${sha256(licenseId).toString('hex')}`
  await ask(client, 'audit', [
    ...[realm, owners, reseller.path, at, actor, device.id, newId(), address, licenseId, after],
    ...[holders, customer.path, address, details],
  ])
  await ask(client, 'personal', [realm, owners, reseller.path, salt, '127.0.0.1', holders, customer.path])
  const payload = JSON.stringify({ license_id: licenseId, holder_kind: 'device', holder_id: device.id })
  await ask(client, 'outbox', [realm, newId(), customer.path, payload, at])
  if (kind === 'assign') {
    const answer = JSON.stringify({
      ...holder,
      id: licenseId,
      product: stock.product,
      state: 'assigned',
      assigned_at: at,
    })
    await ask(client, 'idempotency', [
      realm,
      `user:${reseller.id}`,
      newId(),
      reseller.path,
      sha256(details).toString('hex'),
      answer,
      at,
    ])
  }
}

/** The script: so many connections of one process. */
export type Opponent = {
  run(stock: Stock, devices: readonly Device[], kind: Kind): Promise<Told[]>
  close(): Promise<void>
}

export async function openOpponent(world: World, connections: number): Promise<Opponent> {
  const clients: pg.Client[] = []
  for (let n = 0; n < connections; n += 1) clients.push(await openClient(world.superUrl))
  return {
    async run(stock, devices, kind) {
      const told: Told[] = []
      await inTurns(connections, devices, async (device, worker) => {
        const licenseId = await claim({ world, stock, kind, device, client: clients[worker]! })
        told.push({ device, licenseId, isRefused: licenseId === null, said: '' })
      })
      return told
    },
    async close() {
      for (const client of clients) await client.end()
    },
  }
}

import { sql } from 'kysely'
import type { CallContext } from '../../server/src/kernel/context.ts'
import { Problem } from '../../server/src/kernel/problem.ts'
import { dayOf, toInstantText } from '../../server/src/kernel/time.ts'
import { ancestorPaths, toBounds } from '../../server/src/kernel/tree.ts'
import { keepTaken } from '../../server/src/licenses/holding/take.ts'
import { type Claim, claimFirst, constraints, type LicenseRecord } from '../../server/src/licenses/repository.ts'
import { type Database, openDatabase, type Transaction } from '../../server/src/platform/database.ts'
import { once } from '../../server/src/platform/idempotency.ts'
import { newId } from '../../server/src/platform/ids.ts'
import type { Plant } from './plants.ts'
import { inTurns, type Told } from './race.ts'
import type { Device, Stock, World } from './world.ts'

export type Claimer = (tx: Transaction, wanted: Claim) => Promise<LicenseRecord | null>

/** As the licenses' own code asks: what others are taking is passed by, and waited for where nothing else is left. */
export const ours: Claimer = (tx, wanted) => claimFirst(tx, { wanted: [wanted] })

/** So many of the licenses are taken by others first, who hold them until there is nothing else to do, and then give them back. */
const holdersBack = 8

type Racing = { db: Database; call: CallContext; stock: Stock; world: World; plant: Plant }

/** Our own functions without HTTP, by so many connections. R-LIC-2. */
export async function raceOurs(
  world: World,
  stock: Stock,
  { devices, connections, plant }: { devices: readonly Device[]; connections: number; plant: Plant },
): Promise<Told[]> {
  const db = openDatabase(world.urls, constraints, { runtime: connections, worker: 1 })
  const racing = { db, call: await toCall(world), stock, world, plant }
  const told: Told[] = []
  try {
    const held = await holdSome(racing, Math.min(holdersBack, stock.licenses), () => told.length === devices.length)
    await inTurns(connections - held.count, devices, async (device) => {
      told.push(await claimOne(racing, device))
    })
    await held.ended
    return told
  } finally {
    await db.close()
  }
}

/** The scope of the pool's owner. */
async function toCall({ db, reseller }: World): Promise<CallContext> {
  const { now } = await db.systemCall('bench')
  const { id, realm_id, path } = reseller
  const chain = ancestorPaths(path).join(' ')
  const actor = { kind: 'user' as const, id }
  const scope = { actor, tenantId: id, realmId: realm_id, ...toBounds(path), chain, reach: 'subtree' as const }
  return { scope, now, requestId: newId(), address: '127.0.0.1', may: new Set() }
}

function toWanted({ call, stock, world }: Racing, { id, customer }: Device): Claim {
  return {
    realmId: customer.realm_id,
    poolId: world.reseller.id,
    offerId: stock.offerId,
    isTrial: false,
    setAsideFor: null,
    today: dayOf(call.now).toString(),
    at: toInstantText(call.now),
    holder: { kind: 'device', id, tenant_id: customer.id, path: customer.path },
    trial: { endsOn: '9999-12-30', endsAt: '9999-12-31T00:00:00.000Z' },
  }
}

async function claimOne(racing: Racing, device: Device): Promise<Told> {
  const { db, call, plant, world } = racing
  const key = {
    credential: `user:${world.reseller.id}`,
    route: 'POST /v1/licenses/assign',
    key: newId(),
    requestHash: device.id,
  }
  const { customer } = device
  const holder = {
    ...{
      realm_id: customer.realm_id,
      kind: 'device' as const,
      id: device.id,
      path: customer.path,
      tenant_id: customer.id,
    },
    ...{ tenant_level: 'end_customer' as const, parent_id: world.reseller.id, customer_id: customer.id, machine: null },
  }
  const act = (keyed: CallContext) =>
    db.transaction(keyed, async (tx) => {
      const license = await plant.claim(tx, toWanted(racing, device))
      if (license === null) throw new Problem('insufficient_unassigned')
      await keepTaken(tx, call, { holder, license, why: 'taken' })
      await plant.afterwards(tx, license)
      return { status: 200, body: { id: license.id } }
    })
  try {
    const { body } = await once(db, call, key, act)
    return { device, licenseId: (body as { id: string }).id, isRefused: false, said: '200' }
  } catch (error) {
    const code = error instanceof Problem ? error.code : String(error)
    return { device, licenseId: null, isRefused: code === 'insufficient_unassigned', said: code }
  }
}

/** Waits until somebody waits for what is held, or all others were answered. */
async function untilNobodyElseCan({ bare }: World, isDone: () => boolean): Promise<void> {
  for (;;) {
    if (isDone()) return
    const { rows } = await bare.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%licenses%' limit 1`,
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

type Held = { count: number; ended: Promise<unknown> }

async function holdSome(racing: Racing, count: number, isDone: () => boolean): Promise<Held> {
  const { db, call, stock, world } = racing
  const ready = Promise.withResolvers<void>()
  const ended = db
    .transaction(call, async (tx) => {
      await sql`select 1 from licenses where offer_id = ${stock.offerId} and holder_id is null order by id limit ${count} for update`.execute(
        tx.tables(),
      )
      ready.resolve()
      await untilNobodyElseCan(world, isDone)
    })
    .finally(() => ready.resolve())
  await ready.promise
  return { count: 1, ended }
}

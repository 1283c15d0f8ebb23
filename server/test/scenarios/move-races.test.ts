import { afterAll, beforeAll, expect, it } from 'vitest'
import { toInstant } from '../../src/kernel/time.ts'
import * as given from '../given.ts'
import { query, warmUp } from '../state.ts'
import { findStrays, findWrongSums } from '../strays.ts'
import { type Answer, type Client, openWorld, type World } from '../world.ts'

/** A reseller goes from one realm to another and back while everything below it is written to, over HTTP, on several connections. */
let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

/** What a caller may meet who asks while its place changes; it asks again then. Never 500, and 404 only from below the moved tenant. */
const transient = ['404 not_found', '409 resource_locked']
const surprises: string[] = []
const outcomeOf = ({ status, body }: Answer) => (status < 300 ? 'done' : `${status} ${body?.code}`)

/** Asks again and again while `goesOn`; answers what was done. */
async function keepOn<T>(goesOn: () => boolean, act: (n: number) => Promise<[Answer, T]>): Promise<T[]> {
  const done: T[] = []
  for (let n = 0; goesOn(); n += 1) {
    const [answer, made] = await act(n)
    const outcome = outcomeOf(answer)
    if (outcome === 'done') done.push(made)
    else if (!transient.includes(outcome)) surprises.push(JSON.stringify(answer.body))
  }
  return done
}

it('signals, enrolments, sites, users and keys during moves between realms: no 500, no row lost', async () => {
  const from = await given.channel(world)
  const to = await given.tenant(world.vendor, world.vendorId, { level: 'distributor' })
  const { reseller, customer } = from
  const token = given.expectOk(await customer.as.post(`/v1/tenants/${customer.id}/install-token`)).body.token
  const devices = await Promise.all(Array.from({ length: 6 }, (_, n) => given.enrolled(world, token, `racing-${n}`)))
  await query(world, "select app.ensure_months('device_months', '2022-01-01', 48)")
  await warmUp(world)

  let isMoving = true
  const goesOn = () => isMoving
  const enrol = (n: number) => {
    const machine = {
      machine_id: `late-machine-${n}`,
      host_name: `LATE-${n}`,
      os: 'linux',
      os_version: '13',
      architecture: 'x64',
      machine_kind: 'virtual',
    }
    return world.as(null).post('/agent/v1/enrol', { install_token: token, agent_version: '0.1.0', machine })
  }
  const site = (as: Client, name: string) =>
    as.post('/v1/tenants', { name, parent_id: customer.id, level: 'site', device_country: 'DE' })
  const person = (as: Client, email: string) =>
    as.post('/v1/users', { tenant_id: customer.id, email, name: 'Someone', role: 'supporter' })
  const signal = async (n: number) => {
    const device = devices[n % devices.length]!
    // A day that is not written yet each time: what is written is answered from memory.
    const at = toInstant('2022-01-01T00:00:00Z').add({ hours: 24 * Math.floor(n / devices.length) })
    await world.application.ingest
      .record(await ownerOf(device.key), at)
      .catch((error: Error) => surprises.push(error.message))
    return [{ status: 200, body: null } as Answer, `${device.id} ${at.toString().slice(0, 10)}`] as [Answer, string]
  }
  const work = Promise.all([
    keepOn(goesOn, signal),
    keepOn(goesOn, async (n) => [await enrol(n), `late-machine-${n}`]),
    keepOn(goesOn, async (n) => [await site(customer.as, `own site ${n}`), `own site ${n}`]),
    keepOn(goesOn, async (n) => [await site(world.vendor, `site ${n}`), `site ${n}`]),
    keepOn(goesOn, async (n) => [await person(world.vendor, `v${n}@race.example`), `v${n}@race.example`]),
    keepOn(goesOn, async (n) => [await person(customer.as, `c${n}@race.example`), `c${n}@race.example`]),
  ]).finally(() => {
    isMoving = false
  })
  let moves = 0
  for (const parent of [to.id, from.subDistributor.id, to.id, from.subDistributor.id, to.id, from.subDistributor.id]) {
    // Until it is let through: a move waits for the others as they wait for it.
    for (;;) {
      const outcome = outcomeOf(await world.vendor.post(`/v1/tenants/${reseller.id}/move`, { parent_id: parent }))
      if (outcome === 'done') break
      if (outcome !== '409 resource_locked') surprises.push(outcome)
    }
    moves += 1
  }
  isMoving = false
  const [signals, late, ...made] = await work
  await world.application.runDue(await world.application.db.systemCall('strays'))
  await world.drain()

  expect(surprises).toEqual([])
  expect(moves).toBe(6)
  for (const list of [signals, late, ...made]) expect(list.length).toBeGreaterThan(0)
  expect(await findStrays(world)).toEqual([])
  expect(await findWrongSums(world)).toEqual([])
  const written = await query<{ key: string }>(
    world,
    `select m.device_id || ' ' || (m.month + bit)::date as key from device_months m cross join generate_series(0, 30) bit
     join devices d on d.realm_id = m.realm_id and d.id = m.device_id and d.path = m.path where m.days & (1 << bit) <> 0`,
  )
  const days = new Set(written.map(({ key }) => key))
  expect(signals.filter((key) => !days.has(key))).toEqual([])
  const names = await query<{ name: string }>(
    world,
    `select machine_id as name from devices union all select name from tenants union all select email from users`,
  )
  const known = new Set(names.map(({ name }) => name))
  expect([...late, ...made.flat()].filter((name) => !known.has(name))).toEqual([])
})

async function ownerOf(key: string) {
  const { findDeviceByKey } = await import('../../src/devices/index.ts')
  const { hashSecret } = await import('../../src/platform/ids.ts')
  const owner = await findDeviceByKey(world.application.db, hashSecret(key))
  if (owner === null) throw new Error('a device was lost')
  return owner
}

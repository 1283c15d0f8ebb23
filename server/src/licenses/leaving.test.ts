import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, refusal, warmUp, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

/** One world, whose clock goes on from test to test. */
let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const kinds = ['device', 'subscriber', 'gateway', 'domain'] as const
type Kind = (typeof kinds)[number]
const unitOf = { device: 'device', subscriber: 'user', gateway: 'gateway', domain: 'domain' } as const

type Pool = 'reseller' | 'company'

/** A site of a customer, for holders; where its licenses come from. */
async function openSite(pool: Pool = 'reseller') {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const site = await given.tenant(reseller.as, customer.id, { level: 'site' })
  if (pool === 'company') given.expectOk(await licensed.setPool(reseller.as, customer.id, { source: 'company_pool' }))
  return { ...branch, site, poolId: pool === 'company' ? customer.id : reseller.id }
}

/** A holder of a kind, with one of two licenses. */
async function openHeld(kind: Kind, place: Awaited<ReturnType<typeof openSite>>) {
  const { reseller, site, poolId } = place
  const { offerId } = await licensed.soldOffer(world, place, { unit: unitOf[kind] })
  const wanted = { ownerId: reseller.id, poolId, offerId, quantity: 2, endsOn: '2030-01-04' }
  const [id = ''] = await licensed.licenses(world, wanted)
  const computer = kind === 'device' ? await given.device(world, reseller.as, site.id) : null
  const make = { subscriber: licensed.subscriber, gateway: licensed.gateway, domain: licensed.domain }
  const holderId = computer?.id ?? (await make[kind as keyof typeof make](reseller.as, site.id))
  given.expectOk(await licensed.assign(reseller.as, id, kind, holderId))
  return { ...place, id, holderId, computer, unit: unitOf[kind] }
}
type Held = Awaited<ReturnType<typeof openHeld>>

/** The license is in its pool again, both are, and the owner's entry has the exact numbers; nothing is held by nobody. */
async function expectBack({ reseller, poolId, id, unit }: Held, why: string) {
  const numbers = 'select total, unassigned from pool_numbers where pool_id = $1 and unit = $2'
  expect(await query(world, numbers, [poolId, unit])).toEqual([{ total: 2, unassigned: 2 }])
  const { body } = await reseller.as.get(`/v1/licenses/${id}`)
  expect(body).toMatchObject({ state: 'unassigned', holder: null, pool: { id: poolId } })
  const entries = await query<{ after: Record<string, unknown> }>(
    world,
    `select after from audit_entries where object_id = $1 and action = 'license.released' order by path`,
    [id],
  )
  expect(entries).toHaveLength(2)
  const told = { why, pool_id: poolId, [`${unit}_total`]: 2, [`${unit}_unassigned`]: 2 }
  expect(entries[0]?.after).toMatchObject(told)
  expect(entries[1]?.after).not.toHaveProperty(`${unit}_total`)
  const open = 'select 1 from license_holdings where license_id = $1 and to_at is null'
  expect(await query(world, open, [id])).toEqual([])
}

describe('R-LIC-3: nothing is lost when a holder goes', () => {
  it.each(['reseller', 'company'] as const)(
    '204: what is removed gives its license back to the pool of the %s, in the same transaction, whatever it is',
    async (pool) => {
      const place = await openSite(pool)
      const supporter = await given.user(world, place.reseller.as, place.customer.id, 'supporter')
      for (const kind of kinds) {
        const held = await openHeld(kind, place)
        const path = `/v1/${kind}s/${held.holderId}`
        expect(await writesNothing(world, async () => refusal(await supporter.delete(path)))).toBe('403 not_allowed')
        expect((await place.reseller.as.delete(path)).status).toBe(204)
        await expectBack(held, 'holder_removed')
      }
    },
  )

  it('200: holders of a site that is deleted with its customer; restored they hold none, and may be given one', async () => {
    const place = await openSite()
    const all = []
    for (const kind of kinds) all.push({ kind, held: await openHeld(kind, place) })
    const { as } = place.reseller
    const path = `/v1/tenants/${place.customer.id}`
    given.expectOk(await as.post(`${path}/inactivate`))
    const body = { confirm_name: place.customer.name, with_everything_below: true }
    given.expectOk(await as.post(`${path}/delete`, body))
    for (const { held } of all) await expectBack(held, 'tenant_deleted')
    given.expectOk(await as.post(`${path}/restore`))
    given.expectOk(await as.post(`${path}/reactivate`))
    for (const { kind, held } of all) {
      expect((await as.get(`/v1/licenses/${held.id}`)).body.holder).toBeNull()
      given.expectOk(await licensed.assign(as, held.id, kind, held.holderId))
    }
  })

  it('an uninstalled device keeps its license until it is erased, 90 days after', async () => {
    const held = await openHeld('device', await openSite())
    given.expectOk(await held.computer!.uninstall())
    const now = Date.parse((await world.vendor.get('/v1/instance')).body.now)
    const in90 = new Date(now + 91 * 86_400_000).toISOString().slice(0, 10)
    await world.moveTo(new Date(Date.parse(in90) - 1).toISOString())
    expect((await held.reseller.as.get(`/v1/licenses/${held.id}`)).body).toMatchObject({ state: 'assigned' })
    await world.moveTo(`${in90}T00:00:00Z`)
    await expectBack(held, 'holder_removed')
    expect(refusal(await held.reseller.as.get(`/v1/devices/${held.holderId}`))).toBe('404 not_found')
  })

  it('an uninstalled device that signals again has its license still', async () => {
    const held = await openHeld('device', await openSite())
    given.expectOk(await held.computer!.uninstall())
    given.expectOk(await held.computer!.signal())
    expect((await held.reseller.as.get(`/v1/licenses/${held.id}`)).body.holder).toMatchObject({ id: held.holderId })
  })

  it('R-KEEP-1: a license given to a silent device just before its erasing goes back with it', async () => {
    const held = await openHeld('device', await openSite())
    // Held, as far as the erasing is concerned, from after it looked: by another product's row nothing keeps the device.
    const { reseller, holderId, id } = held
    given.expectOk(await reseller.as.post(`/v1/licenses/${id}/release`))
    const { holders, devices } = world.application.hooks
    const { silentDevices } = await import('../devices/index.ts')
    const clock = silentDevices({ ...devices, keepsSilent: [] }, holders)
    given.expectOk(await licensed.assign(reseller.as, id, 'device', holderId))
    const { db } = world.application
    const call = await db.systemCall('test')
    const [place] = await query<{ realm_id: string; path: string }>(
      world,
      'select realm_id, path from devices where id = $1',
      [holderId],
    )
    await db.work(call, (tx) =>
      clock.erase!(
        tx,
        { until: call.now.toString(), places: [{ realm_id: BigInt(place!.realm_id), path: place!.path }] },
        call,
      ),
    )
    expect((await reseller.as.get(`/v1/licenses/${id}`)).body).toMatchObject({ state: 'unassigned', holder: null })
    expect(await query(world, 'select 1 from devices where id = $1', [holderId])).toEqual([])
  })
})

describe('R-KEEP-1: what was released is kept for 90 days', () => {
  const seenPeople = (id: string) => query(world, 'select name from subscriber_persons where subscriber_id = $1', [id])

  it('a removed subscriber is gone for good on the 90th day: its name stands nowhere; invited before, it has its id again', async () => {
    const branch = await given.channel(world)
    const { reseller, customer } = branch
    const now = Date.parse((await world.vendor.get('/v1/instance')).body.now) + 3_600_000
    await world.moveTo(new Date(now).toISOString())
    const at = (days: number, ms = 0) =>
      new Date(Date.parse(new Date(now + days * 86_400_000).toISOString().slice(0, 10)) + ms).toISOString()
    const invite = (email: string) =>
      reseller.as.post('/v1/subscribers', { tenant_id: customer.id, name: `Name of ${email}`, email })
    const [gone, back] = [
      given.expectOk(await invite('gone@people.example')).body,
      given.expectOk(await invite('back@people.example')).body,
    ]
    for (const { id } of [gone, back]) given.expectOk(await reseller.as.delete(`/v1/subscribers/${id}`))
    const kind = async (as = reseller.as) =>
      (await as.get('/v1/retention')).body.data.find((row: { kind: string }) => row.kind === 'released_subscribers')
    await world.moveTo(at(61))
    expect(await kind()).toMatchObject({ due_count: 2, due: [{ on: at(91).slice(0, 10), count: 2 }] })
    expect(await kind((await given.channel(world)).reseller.as)).toMatchObject({ due_count: 0 })
    expect(given.expectOk(await invite('back@people.example')).body.id).toBe(back.id)
    await world.moveTo(at(91, -1))
    expect(await seenPeople(gone.id)).toHaveLength(1)
    await world.moveTo(at(91))
    expect([await seenPeople(gone.id), await seenPeople(back.id)]).toEqual([
      [],
      [{ name: 'Name of back@people.example' }],
    ])
    expect(await query(world, `select 1 from audit_personal p where p::text like '%gone@people%'`)).toEqual([])
    expect(given.expectOk(await invite('gone@people.example')).body.id).not.toBe(gone.id)
  })

  it('a device that a trial has stopped goes 90 days after the trial, and not by its silence; switched to paid it stays', async () => {
    const branch = await given.channel(world)
    const { reseller, customer } = branch
    const offerId = await given.trialOffer(world, branch, { trial: { days: 30, end_policy: 'deactivate' } })
    given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId }))
    const [stopped, paid] = [
      await given.device(world, reseller.as, customer.id),
      await given.device(world, reseller.as, customer.id),
    ]
    let end = ''
    for (const { id } of [stopped, paid])
      end = given.expectOk(await reseller.as.post(`/v1/devices/${id}/trial`, { offer_id: offerId })).body.ends_at
    const after = (days: number, ms = 0) => new Date(Date.parse(end) + days * 86_400_000 + ms).toISOString()
    await world.moveTo(after(10))
    given.expectOk(await reseller.as.post(`/v1/devices/${paid.id}/switch-to-paid`))
    given.expectOk(await paid.signal())
    await world.moveTo(after(89, 86_399_999))
    expect((await reseller.as.get(`/v1/devices/${stopped.id}`)).body.state).toBe('deactivated')
    await world.moveTo(after(90))
    expect(refusal(await reseller.as.get(`/v1/devices/${stopped.id}`))).toBe('404 not_found')
    expect((await reseller.as.get(`/v1/devices/${paid.id}`)).status).toBe(200)
  })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { assign, licenses, machine, soldOffer } from '../../test/licensed.ts'
import { query, refusal } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

it('a silent device that holds a license stays; an uninstalled one goes after 90 days, and its license is free again', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId } = await soldOffer(world, branch)
  const [first = '', second = ''] = await licenses(world, { ownerId: reseller.id, offerId, quantity: 2 })
  const [silent, uninstalled] = [
    await machine(world, reseller.as, customer.id),
    await machine(world, reseller.as, customer.id),
  ]
  given.expectOk(await assign(reseller.as, first, 'device', silent.id))
  given.expectOk(await assign(reseller.as, second, 'device', uninstalled.id))
  await query(world, `update devices set state = 'uninstalled', ended_at = '2027-01-05T10:00:00Z' where id = $1`, [
    uninstalled.id,
  ])
  const holderOf = async (id: string) =>
    (await query<{ holder_id: string | null }>(world, 'select holder_id from licenses where id = $1', [id]))[0]
      ?.holder_id
  await world.moveTo('2027-04-05T23:59:59.999Z')
  expect([await holderOf(first), await holderOf(second)]).toEqual([silent.id, uninstalled.id])

  await world.moveTo('2027-04-06T00:00:00Z')
  expect([await holderOf(first), await holderOf(second)]).toEqual([silent.id, null])
  expect((await reseller.as.get(`/v1/devices/${silent.id}`)).status).toBe(200)
  expect(refusal(await reseller.as.get(`/v1/devices/${uninstalled.id}`))).toBe('404 not_found')
})

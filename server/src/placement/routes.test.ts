import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { query, refusal, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

let world: World
let resellerId: string
beforeAll(async () => {
  world = await openWorld()
  resellerId = (await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })).id
})
afterAll(() => world.close())

const create = (placement: Record<string, unknown>) =>
  world.vendor.post('/v1/tenants', {
    name: given.unique('Placed'),
    parent_id: resellerId,
    level: 'end_customer',
    service_type: 'all_inclusive',
    ...placement,
  })
const refused = (placement: Record<string, unknown>) =>
  writesNothing(world, async () => refusal(await create(placement)))

it('R-PLACE-1: 17 storage locations are shipped, all of them offered, and everyone may read them', async () => {
  const { customer } = await given.channel(world)
  const { data, next } = (await customer.as.get('/v1/storage-locations')).body
  expect(next).toBeNull()
  expect(data.map((location: { name: string }) => location.name)).toEqual([
    ...['Australia', 'Belgium', 'Brazil', 'Canada', 'Denmark', 'France', 'Germany', 'Italy', 'Netherlands', 'Norway'],
    ...['Portugal', 'South Africa', 'Spain', 'Sweden', 'Switzerland', 'United Kingdom', 'United States'],
  ])
  expect(data.every((location: { offered: boolean }) => location.offered)).toBe(true)
  expect((await world.as(null).get('/v1/storage-locations')).status).toBe(401)
})

describe('R-PLACE-2: the country sets the location, or it is chosen (scenarios 9, 10, 11)', () => {
  it('201: every country that hosts storage sets its own', async () => {
    for (const { country, code } of (await world.vendor.get('/v1/storage-locations')).body.data) {
      expect((await create({ device_country: country })).body.storage_location).toBe(code)
    }
  })
  it('422 location_fixed_by_country: another is sent; the same may be', async () => {
    expect(await refused({ device_country: 'DE', storage_location: 'france' })).toBe('422 location_fixed_by_country')
    expect(await refused({ device_country: 'DE', storage_location: 'atlantis' })).toBe('422 location_fixed_by_country')
    expect((await create({ device_country: 'DE', storage_location: 'germany' })).status).toBe(201)
  })
  it('422 location_required, location_unknown: elsewhere one is chosen', async () => {
    expect(await refused({ device_country: 'JP' })).toBe('422 location_required')
    expect(await refused({ device_country: 'JP', storage_location: 'atlantis' })).toBe('422 location_unknown')
    expect(await refused({ device_country: 'JP', storage_location: 'Australia' })).toBe('422 location_unknown')
    expect((await create({ device_country: 'JP', storage_location: 'australia' })).body.storage_location).toBe(
      'australia',
    )
  })
  it('422: a country that is missing, or none of ISO 3166-1', async () => {
    for (const device_country of [undefined, 'XX', 'de', 'DEU', '', 'EU']) {
      expect(await refused({ device_country, storage_location: 'germany' }), String(device_country)).toBe(
        '422 invalid_request',
      )
    }
  })
})

it('R-PLACE-1: a withdrawn location stays with who has it and is offered to nobody new', async () => {
  const before = given.expectOk(await create({ device_country: 'NO' })).body
  await query(world, "update storage_locations set withdrawn = true where code = 'norway'")
  const { data } = (await world.vendor.get('/v1/storage-locations')).body
  expect(data.find((location: { code: string }) => location.code === 'norway').offered).toBe(false)
  expect((await world.vendor.get(`/v1/tenants/${before.id}`)).body.storage_location).toBe('norway')
  expect(await refused({ device_country: 'NO', storage_location: 'norway' })).toBe('422 location_unknown')
  expect(await refused({ device_country: 'NO' })).toBe('422 location_required')
  expect((await create({ device_country: 'NO', storage_location: 'sweden' })).body.storage_location).toBe('sweden')
})

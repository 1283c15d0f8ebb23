import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { listAll, query, refusal } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

/** What happens to values over months: carried, ended, erased, moved. One world whose clock goes forward test by test. */
const gigabyte = 1_000_000_000

let world: World
let branch: given.Channel
let offerId: string
beforeAll(async () => {
  world = await openWorld('2027-01-10T10:00:00Z')
  branch = await given.channel(world)
  offerId = await given.peakOffer(world)
  await given.sold(world, branch, offerId)
})
afterAll(() => world.close())

const newDevice = () => given.device(world, world.vendor, branch.customer.id)
type Device = Awaited<ReturnType<typeof newDevice>>
const rowOf = async (device: Device, month: string) =>
  (await listAll(branch.reseller.as, `/v1/usage/peaks?month=${month}`, 50)).find(
    ({ device_id }) => device_id === device.id,
  )
const rowsOf = (device: Device) =>
  query(world, 'select month::text, highest::text from device_peaks where device_id = $1 order by month', [device.id])

it('back in the month of the uninstall it was never away; back later it has what it reports then', async () => {
  const [same, later, silent] = [await newDevice(), await newDevice(), await newDevice()]
  for (const device of [same, later, silent]) given.expectOk(await device.signal({ used_storage: gigabyte }))
  await world.moveTo('2027-01-12T10:00:00Z')
  for (const device of [same, later]) given.expectOk(await device.uninstall())
  await world.moveTo('2027-01-14T10:00:00Z')
  given.expectOk(await same.signal())
  await world.moveTo('2027-02-03T10:00:00Z')
  expect((await rowOf(same, '2027-02'))?.days).toEqual([1, 2, 3])
  expect((await rowOf(silent, '2027-02'))?.days).toEqual([1, 2, 3])
  expect(await rowOf(later, '2027-02')).toBeUndefined()
  given.expectOk(await later.signal())
  expect(await rowOf(later, '2027-02')).toBeUndefined()
  given.expectOk(await later.signal({ used_storage: 2 * gigabyte }))
  expect(await rowOf(later, '2027-02')).toMatchObject({ days: [3], quantity: '2' })
})

it('a value that is carried for months without a word stands in each of them, and nothing is written', async () => {
  const device = await newDevice()
  given.expectOk(await device.signal({ used_storage: 3 * gigabyte }))
  await world.moveTo('2027-03-02T10:00:00Z')
  await world.moveTo('2027-04-02T10:00:00Z')
  expect(await rowOf(device, '2027-03')).toMatchObject({ value: 3 * gigabyte, peak_on: '2027-03-01' })
  expect(await rowsOf(device)).toHaveLength(1)
})

it('reported later, in order or not: what came for a former day stays with it', async () => {
  const device = await newDevice()
  const [row] = await query<{ realm_id: string; path: string }>(
    world,
    'select realm_id, path from devices where id = $1',
    [device.id],
  )
  const owner = {
    realm_id: BigInt(row!.realm_id),
    device_id: device.id,
    tenant_id: branch.customer.id,
    path: row!.path,
    state: 'active' as const,
    tenant_state: 'production',
  }
  const { Temporal } = await import('../kernel/time.ts')
  const record = (at: string, used_storage: number) =>
    world.application.ingest.record(owner, Temporal.Instant.from(at), { used_storage })
  await Promise.all([
    record('2027-04-02T00:00:00Z', 5),
    record('2027-04-01T23:59:59.999Z', 7),
    record('2027-03-31T23:59:59.999Z', 9),
    record('2027-04-02T00:00:01Z', 4),
  ])
  await record('2027-04-01T00:00:00Z', 6)
  await record('2027-04-01T00:00:00Z', 7)
  expect(await rowsOf(device)).toEqual([
    { month: '2027-03-01', highest: `{${'NULL,'.repeat(30)}9}` },
    { month: '2027-04-01', highest: '{7,5}' },
  ])
})

it('500: a batch that cannot be committed is answered with an error, and nothing of it is taken as recorded', async () => {
  const device = await newDevice()
  await query(world, 'alter table device_peaks rename to device_peaks_away')
  const failed = await device.signal({ used_storage: gigabyte })
  expect(refusal(failed)).toBe('500 internal_error')
  await query(world, 'alter table device_peaks_away rename to device_peaks')
  expect(await query(world, 'select 1 from device_months where device_id = $1', [device.id])).toEqual([])
  given.expectOk(await device.signal({ used_storage: gigabyte }))
  expect(await rowsOf(device)).toMatchObject([{ highest: `{NULL,${gigabyte}}` }])
})

it('in another realm the values are there, and what is reported goes on', async () => {
  const other = await given.channel(world)
  await given.enabledDown(world, other, offerId)
  const customer = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${customer.id}/offers/${offerId}`))
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId }))
  const device = await given.device(world, world.vendor, customer.id)
  given.expectOk(await device.signal({ used_storage: 4 * gigabyte }))
  await world.moveTo('2027-04-11T10:00:00Z')
  given.expectOk(await world.vendor.post(`/v1/tenants/${customer.id}/move`, { parent_id: other.reseller.id }))
  given.expectOk(await device.signal({ used_storage: gigabyte }))
  expect(await listAll(other.reseller.as, '/v1/usage/peaks')).toMatchObject([
    { device_id: device.id, value: 4 * gigabyte, division: { charged_days: 1, of_days: 10 }, quantity: '0.4' },
  ])
  await world.moveTo('2027-05-01T01:00:00Z')
  const [mine, theirs] = await Promise.all(
    [branch.reseller.as, other.reseller.as].map((as) => listAll(as, '/v1/usage/peaks?month=2027-04', 50)),
  )
  const here = theirs?.find(({ device_id }) => device_id === device.id)
  const there = mine?.find(({ device_id }) => device_id === device.id)
  // 2 to 10 April there, 11 to 30 here.
  expect([there?.division, here?.division]).toMatchObject([
    { charged_days: 9, of_days: 29 },
    { charged_days: 20, of_days: 29 },
  ])
  expect(there).toMatchObject({ value: 4 * gigabyte, host_name: null })
  expect(
    await query(world, 'select distinct realm_id from device_peaks where device_id = $1', [device.id]),
  ).toHaveLength(1)
})

it('days on which the customer is inactive carry a value that nobody is charged', async () => {
  const customer = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${customer.id}/offers/${offerId}`))
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId }))
  const device = await given.device(world, world.vendor, customer.id)
  given.expectOk(await device.signal({ used_storage: gigabyte }))
  given.expectOk(await branch.reseller.as.post(`/v1/tenants/${customer.id}/inactivate`))
  await world.moveTo('2027-05-04T10:00:00Z')
  expect((await rowOf(device, '2027-05'))?.charged_days).toEqual([1])
})

it('R-KEEP-1: kept 13 months, and the last value of a device as long as it may be carried', async () => {
  const [silent, talking, gone] = [await newDevice(), await newDevice(), await newDevice()]
  for (const device of [silent, talking, gone]) given.expectOk(await device.signal({ used_storage: gigabyte }))
  given.expectOk(await branch.reseller.as.delete(`/v1/devices/${gone.id}`))
  for (let month = 6; month <= 18; month += 1) {
    const text = `${2027 + Math.floor((month - 1) / 12)}-${String(((month - 1) % 12) + 1).padStart(2, '0')}`
    await world.moveTo(`${text}-02T10:00:00Z`)
    // Signs of life keep both; only one says a value.
    given.expectOk(await silent.signal())
    given.expectOk(await talking.signal({ used_storage: 2 * gigabyte }))
  }
  const monthsOf = async (device: Device) => (await rowsOf(device)).map(({ month }) => month)
  expect(await monthsOf(talking)).toContain('2027-05-01')
  expect(await monthsOf(gone)).toEqual(['2027-05-01'])
  await world.moveTo('2028-07-01T10:00:00Z')
  expect(await monthsOf(talking)).not.toContain('2027-05-01')
  expect(await monthsOf(talking)).toContain('2027-06-01')
  expect(await monthsOf(gone)).toEqual([])
  expect(await monthsOf(silent)).toEqual(['2027-05-01'])
  expect(await rowOf(silent, '2028-07')).toMatchObject({ value: gigabyte, quantity: '1' })
  // What was rated of a month whose values are gone is told as it was.
  expect(await rowOf(gone, '2027-05')).toMatchObject({ quantity: '1', deleted_on: '2027-05-04', host_name: null })
})

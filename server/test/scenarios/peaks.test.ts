import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readValues } from '../../src/documents/xlsx/read-xlsx.fixture.ts'
import * as given from '../given.ts'
import { listAll, query } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

/** From the values of agents to the invoices of all edges: months told day by day. R-ACT-7, R-TRIAL-4, R-BILL-2, R-BILL-9. */
const gigabyte = 1_000_000_000

let world: World
beforeAll(async () => {
  world = await openWorld('2027-03-20T10:00:00Z')
})
afterAll(() => world.close())

type Device = Awaited<ReturnType<typeof given.device>>
const report = async (device: Device, value: number) =>
  given.expectOk(await device.signal({ used_storage: Math.round(value * gigabyte) }))
const peaksOf = async (as: Client, month: string, tenantId: string) =>
  listAll(as, `/v1/usage/peaks?month=${month}&tenant_id=${tenantId}`, 50)

type Line = { customer_id: string; product: string; quantity: string; amount: string; unit: string; unit_price: string }
const linesOf = async (buyer: Client, month: string): Promise<Line[]> => {
  const [invoice] = await listAll(buyer, `/v1/invoices?month=${month}&direction=received`)
  return invoice === undefined ? [] : given.expectOk(await buyer.get(`/v1/invoices/${invoice.id}`)).body.lines
}

describe('two months of one channel', () => {
  let branch: given.Channel
  let offerId: string
  let beside: given.Seat
  let moved: given.Seat
  const devices: Record<'steady' | 'falling' | 'deleted' | 'uninstalled' | 'tried' | 'moved', Device> = {} as never

  beforeAll(async () => {
    branch = await given.channel(world)
    offerId = await given.peakOffer(world, { unit: 'device' })
    await given.sold(world, branch, offerId, ['0.041', '0.049', '0.058', '0.085'])
    const { reseller, customer, subDistributor } = branch
    const other = await given.tenant(subDistributor.as, subDistributor.id, { level: 'reseller' })
    beside = { ...other, as: await given.user(world, world.vendor, other.id) }
    given.expectOk(await subDistributor.as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
    await given.price(beside.as, offerId, '0.1')
    const goes = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    moved = { ...goes, as: await given.user(world, world.vendor, goes.id) }
    given.expectOk(await reseller.as.put(`/v1/tenants/${moved.id}/offers/${offerId}`))
    given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: moved.id, offer_id: offerId }))
    for (const name of ['steady', 'falling', 'deleted', 'uninstalled'] as const)
      devices[name] = await given.device(world, world.vendor, customer.id)
    devices.moved = await given.device(world, world.vendor, moved.id)
    // In March: what is carried into April.
    for (const device of Object.values(devices)) await report(device, 100)
    await tellApril()
    await world.moveTo('2027-05-31T12:00:00Z')
    await world.moveTo('2027-06-01T01:00:00Z')
  }, 120_000)

  async function tellApril() {
    await world.moveTo('2027-04-01T00:00:00Z')
    await report(devices.falling, 40)
    devices.tried = await given.device(world, world.vendor, branch.customer.id)
    given.expectOk(await branch.reseller.as.post(`/v1/devices/${devices.tried.id}/trial`, { offer_id: offerId }))
    await report(devices.tried, 900)
    await world.moveTo('2027-04-07T10:00:00Z')
    await report(devices.falling, 60.5)
    await report(devices.falling, 50)
    await report(devices.tried, 300)
    await world.moveTo('2027-04-10T10:00:00Z')
    await report(devices.falling, 20)
    await report(devices.deleted, 130)
    given.expectOk(await branch.reseller.as.delete(`/v1/devices/${devices.deleted.id}`))
    given.expectOk(await devices.uninstalled.uninstall())
    await world.moveTo('2027-04-21T10:00:00Z')
    await report(devices.moved, 77)
    given.expectOk(await world.vendor.post(`/v1/tenants/${moved.id}/move`, { parent_id: beside.id }))
    await report(devices.falling, 60.5)
    await world.moveTo('2027-05-01T01:00:00Z')
  }

  const rowOf = async (month: string, device: Device, tenantId = branch.customer.id) =>
    (await peaksOf(branch.subDistributor.as, month, tenantId)).find(({ device_id }) => device_id === device.id)

  it('R-ACT-7: the highest value with its first date, carried values too', async () => {
    expect(await rowOf('2027-04', devices.steady)).toMatchObject({
      value: 100 * gigabyte,
      peak_on: '2027-04-01',
      quantity: '100',
    })
    expect(await rowOf('2027-04', devices.falling)).toMatchObject({
      value: 60.5 * gigabyte,
      peak_on: '2027-04-07',
      quantity: '60.5',
    })
    expect(await rowOf('2027-05', devices.falling)).toMatchObject({ value: 60.5 * gigabyte, peak_on: '2027-05-01' })
  })

  it('a deleted device stands in the month with the date, and in no later one; an uninstalled one makes no charge later', async () => {
    const gone = await rowOf('2027-04', devices.deleted)
    expect(gone).toMatchObject({ deleted_on: '2027-04-10', value: 130 * gigabyte, peak_on: '2027-04-10' })
    expect(gone?.days).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await rowOf('2027-05', devices.deleted)).toBeUndefined()
    expect(await rowOf('2027-04', devices.uninstalled)).toMatchObject({ value: 100 * gigabyte, deleted_on: null })
    expect(await rowOf('2027-05', devices.uninstalled)).toBeUndefined()
  })

  it('R-TRIAL-4: days of a trial are told apart, and the highest of charged days counts from its end on', async () => {
    // 30 days from 1 April on: ends with the first of May.
    expect(await rowOf('2027-04', devices.tried)).toMatchObject({
      reason: 'trial',
      quantity: '0',
      value: 900 * gigabyte,
    })
    expect(await rowOf('2027-05', devices.tried)).toMatchObject({
      reason: 'peak',
      quantity: '300',
      peak_on: '2027-05-02',
    })
  })

  it('R-BILL-9: in the month of a move the parts sum to the whole; the day of the move is of the new chain', async () => {
    const own = (await peaksOf(world.vendor, '2027-04', moved.id)).filter(
      ({ device_id }) => device_id === devices.moved.id,
    )
    expect(own).toMatchObject([{ quantity: '100', division: null, value: 100 * gigabyte }])
    const ofSeller = async (as: Client) =>
      (await listAll(as, '/v1/usage/peaks?month=2027-04', 50)).find(({ device_id }) => device_id === devices.moved.id)
    expect(await ofSeller(branch.reseller.as)).toMatchObject({
      quantity: '66.666666667',
      division: { charged_days: 20, of_days: 30, moved_on: ['2027-04-21'] },
    })
    expect(await ofSeller(beside.as)).toMatchObject({
      quantity: '33.333333333',
      division: { charged_days: 10, of_days: 30 },
    })
  })

  it('R-BILL-2: every edge is charged the same quantity at its own price', async () => {
    // steady 100, falling 60.5, deleted 130, uninstalled 100.
    const ofCustomer = { quantity: '390.5', unit: 'GB' }
    const prices = [
      [branch.distributor.as, '0.041', '16.01'],
      [branch.subDistributor.as, '0.049', '19.13'],
      [branch.reseller.as, '0.058', '22.65'],
      [branch.customer.as, '0.085', '33.19'],
    ] as const
    for (const [buyer, unit_price, amount] of prices) {
      const line = (await linesOf(buyer, '2027-04')).find(({ customer_id }) => customer_id === branch.customer.id)
      expect(line).toMatchObject({ ...ofCustomer, unit_price, amount })
    }
    // 100 x 2/3 below one reseller, 100 x 1/3 below the other, whole where both chains are one.
    const ofMoved = async (buyer: Client) =>
      (await linesOf(buyer, '2027-04')).filter(({ customer_id }) => customer_id === moved.id)
    expect(await ofMoved(branch.subDistributor.as)).toMatchObject([{ quantity: '100', amount: '4.90' }])
    expect(await ofMoved(branch.reseller.as)).toMatchObject([{ quantity: '66.666667', amount: '3.87' }])
    expect(await ofMoved(beside.as)).toMatchObject([{ quantity: '33.333333', amount: '1.93' }])
  })

  it('R-ACT-6: the exported sum is the line of the invoice; trials and what is gone stand in it', async () => {
    const file = await branch.reseller.as.get(`/v1/usage/export?month=2027-04&tenant_id=${branch.customer.id}`)
    const peaks = readValues(file.bytes, 'Peaks')
    expect(peaks).toHaveLength(1 + 4 + 1)
    const total = peaks.at(-1) ?? []
    expect(total[total.length - 2]).toBe(390.5)
    expect(peaks.flat().filter((cell) => cell === devices.deleted.id)).toHaveLength(1)
    expect(readValues(file.bytes, 'Peaks, not charged').flat()).toContain(devices.tried.id)
  })

  it('run again, reported later: nothing changes', async () => {
    const before = await query(world, 'select * from rated_peaks order by realm_id, month, device_id, place')
    await report(devices.steady, 5000)
    given.expectOk(await world.vendor.post('/v1/billing-runs', { month: '2027-04' }))
    await world.drain()
    expect(await query(world, 'select * from rated_peaks order by realm_id, month, device_id, place')).toEqual(before)
    expect(await rowOf('2027-05', devices.steady)).toMatchObject({ value: 100 * gigabyte })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { query, refusal } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import type { DeviceOwner } from '../devices/index.ts'
import { toInstant } from '../kernel/time.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const record = (device: DeviceOwner, at: string) => world.application.ingest.record(device, toInstant(at))
const bits = (days: readonly number[]) => days.reduce((map, day) => map | (1 << (day - 1)), 0)

/** A device of a new customer, as the ingest knows it. */
async function enrolledDevice(): Promise<DeviceOwner> {
  const { reseller, customer } = await given.channel(world)
  const { id } = await given.device(world, reseller.as, customer.id)
  const [row] = await query<{ realm_id: string; path: string }>(
    world,
    'select realm_id, path from devices where id = $1',
    [id],
  )
  return {
    realm_id: BigInt(row?.realm_id ?? 0),
    device_id: id,
    tenant_id: customer.id,
    path: row?.path ?? '',
    state: 'active',
    tenant_state: 'production',
  }
}

/** Devices like this one, beside it. */
async function fleetOf(device: DeviceOwner, size: number): Promise<DeviceOwner[]> {
  const columns = `path, tenant_id, host_name, host_name_key, os, os_version, architecture, machine_kind, agent_version, state, enrolled_at`
  const rows = await query<{ id: string }>(
    world,
    `insert into devices (realm_id, id, machine_id, ${columns})
      select realm_id, gen_random_uuid(), 'fleet-' || n, ${columns} from devices, generate_series(1, $2) n where id = $1 returning id`,
    [device.device_id, size],
  )
  return rows.map(({ id }) => ({ ...device, device_id: id }))
}

describe('R-ACT-2: the same as if each signal came once', () => {
  it('twice, out of order, over two months', async () => {
    const device = await enrolledDevice()
    const moments = [
      '2027-02-03T07:00:00Z',
      '2027-01-20T12:00:00Z',
      '2027-01-03T08:00:00Z',
      '2027-01-20T11:00:00Z',
      '2027-02-03T07:00:00Z',
      '2027-01-31T23:59:59.999Z',
    ]
    for (const at of moments) await record(device, at)
    const rows = await query(
      world,
      "select month::text, days, to_char(first_at at time zone 'UTC', 'MM-DD HH24:MI') as first, to_char(last_at at time zone 'UTC', 'MM-DD HH24:MI') as last from device_months where device_id = $1 order by month",
      [device.device_id],
    )
    expect(rows).toEqual([
      { month: '2027-01-01', days: bits([3, 20, 31]), first: '01-03 08:00', last: '01-31 23:59' },
      { month: '2027-02-01', days: bits([3]), first: '02-03 07:00', last: '02-03 07:00' },
    ])
    const [seen] = await query<{ at: Date }>(world, 'select last_seen_at as at from devices where id = $1', [
      device.device_id,
    ])
    expect(seen?.at.toISOString()).toBe('2027-02-03T07:00:00.000Z')
  })
  it('many at once: all are there when they are answered, in two commits', async () => {
    const device = await enrolledDevice()
    const fleet = await fleetOf(device, 400)
    const recordAll = (day: string) => Promise.all(fleet.map((one) => record(one, `2027-01-${day}T06:00:00Z`)))
    const kept = (map: number) =>
      query(
        world,
        'select count(*) filter (where days = $2) as full, count(distinct xmin::text) as commits from device_months where tenant_id = $1',
        [device.tenant_id, map],
      )
    await recordAll('01')
    expect(await kept(bits([1]))).toEqual([{ full: '400', commits: '2' }])
    await Promise.all(['31', '15', '02', '15'].map(recordAll))
    expect(await kept(bits([1, 2, 15, 31]))).toMatchObject([{ full: '400' }])
  })
  it('a signal that is answered is durable for everyone, and drain waits for the rest', async () => {
    const device = await enrolledDevice()
    const pending = record(device, '2027-01-09T06:00:00Z')
    await world.application.ingest.drain()
    const rows = await query(world, 'select days from device_months where device_id = $1', [device.device_id])
    expect(rows).toEqual([{ days: bits([9]) }])
    await pending
  })
})

it('500: a batch that cannot be committed is answered with an error, and nothing of it is taken as recorded', async () => {
  await world.moveTo('2027-04-09T10:00:00Z')
  const { reseller, customer } = await given.channel(world)
  const devices = [
    await given.device(world, reseller.as, customer.id),
    await given.device(world, reseller.as, customer.id),
  ]
  await world.moveTo('2027-04-10T10:00:00Z')
  const recorded = () =>
    query(world, "select 1 from device_months where tenant_id = $1 and month = '2027-04-01'", [customer.id])
  await query(world, 'drop table app.device_months_2027_04')
  const failed = await Promise.all(devices.map((device) => device.signal()))
  expect(failed.map(refusal)).toEqual(['500 internal_error', '500 internal_error'])
  expect(JSON.stringify(failed.map((answer) => answer.body))).not.toContain('partition')
  await query(world, "select app.ensure_months('device_months', '2027-04-01', 0)")
  expect(await recorded()).toEqual([])
  for (const device of devices) expect((await device.signal()).body.day).toBe('2027-04-10')
  expect(await recorded()).toHaveLength(2)
})

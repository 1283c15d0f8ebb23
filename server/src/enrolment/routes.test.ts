import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const tokenOf = async (as: Client, tenantId: string): Promise<string> =>
  given.expectOk(await as.post(`/v1/tenants/${tenantId}/install-token`)).body.token
const machine = (fields: Record<string, unknown> = {}) => ({
  machine_id: given.unique('machine').replace(' ', '-'),
  host_name: 'HOST',
  os: 'linux',
  os_version: 'Debian GNU/Linux 13',
  architecture: 'x64',
  machine_kind: 'virtual',
  ...fields,
})
const enrol = (token: string, facts: Record<string, unknown> = machine()) =>
  world.as(null).post('/agent/v1/enrol', { install_token: token, agent_version: '0.1.0', machine: facts })
const beat = (key: string | null, fields: Record<string, unknown> = {}) =>
  world.as(key).post('/agent/v1/heartbeat', { agent_version: '0.1.0', ...fields })
const monthsOf = (deviceId: string) =>
  query<{ month: string; days: number }>(
    world,
    'select month::text, days from device_months where device_id = $1 order by month',
    [deviceId],
  )

describe('letting a machine in (R-DEV-1)', () => {
  it('201: a device with a key of its own and what it said of itself', async () => {
    const { reseller, customer } = await given.channel(world)
    const made = await enrol(
      await tokenOf(reseller.as, customer.id),
      machine({ host_name: 'ADA-01', os: 'macos', architecture: 'arm64', machine_kind: 'physical' }),
    )
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ tenant_name: customer.name, heartbeat_after_s: 1 })
    expect(made.body.device_key).toMatch(/^ttd_/)
    const device = (await reseller.as.get(`/v1/devices/${made.body.device_id}`)).body
    expect(device).toMatchObject({
      host_name: 'ADA-01',
      os: 'macos',
      architecture: 'arm64',
      machine_kind: 'physical',
      storage_location: 'germany',
      state: 'offline',
      last_seen_at: null,
      active_days_this_month: 0,
    })
    const [entry] = await auditOf(world, made.body.device_id)
    expect(entry).toMatchObject({ action: 'device.enrolled', actor_kind: 'device', before: null })
    expect(JSON.stringify(entry)).not.toContain('ADA-01')
    expect(await monthsOf(made.body.device_id)).toEqual([])
  })
  it('401 install_token_invalid: a wrong one, a former one, one of another kind, and that of a closed tenant, all alike', async () => {
    const { reseller, customer } = await given.channel(world)
    const former = await tokenOf(reseller.as, customer.id)
    const token = await tokenOf(reseller.as, customer.id)
    const wrong = seen(await writesNothing(world, () => enrol('tti_never-made')))
    expect(wrong).toMatchObject({ status: 401, body: { code: 'install_token_invalid' } })
    for (const other of [former, `${token} `, token.slice(0, -1), token.toUpperCase(), reseller.as.token ?? '']) {
      expect(seen(await writesNothing(world, () => enrol(other))), other).toEqual(wrong)
    }
    expect((await enrol(token)).status).toBe(201)
    await query(world, "update tenants set state = 'inactive' where id = $1", [customer.id])
    expect(seen(await writesNothing(world, () => enrol(token)))).toEqual(wrong)
  })
  it('201: the same machine again is the same device with a new key and its new facts; 401 for the old key', async () => {
    const { reseller, customer } = await given.channel(world)
    const token = await tokenOf(reseller.as, customer.id)
    const facts = machine()
    const first = (await enrol(token, facts)).body
    const again = (await enrol(token, { ...facts, host_name: 'RENAMED', os_version: '14' })).body
    expect(again.device_id).toBe(first.device_id)
    expect(await refused(() => beat(first.device_key))).toBe('401 device_key_invalid')
    expect((await beat(again.device_key)).status).toBe(200)
    expect((await reseller.as.get(`/v1/devices/${first.device_id}`)).body).toMatchObject({
      host_name: 'RENAMED',
      os_version: '14',
    })
    expect((await auditOf(world, first.device_id)).map((entry) => entry.action)).toEqual([
      'device.enrolled',
      'device.enrolled_again',
    ])
  })
  it('201: of eight enrolments of a machine at once one device comes, and one key is left', async () => {
    const { reseller, customer } = await given.channel(world)
    const token = await tokenOf(reseller.as, customer.id)
    const facts = machine()
    const answers = await Promise.all(Array.from({ length: 8 }, () => enrol(token, facts)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(201))
    expect(new Set(answers.map((answer) => answer.body.device_id)).size).toBe(1)
    const beats = await Promise.all(answers.map((answer) => beat(answer.body.device_key)))
    expect(beats.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(7).fill(401)])
    await world.drain()
    expect((await reseller.as.get(`/v1/tenants/${customer.id}`)).body.device_count).toBe(1)
  })
  it('201: the same machine at another tenant is another device; the first one keeps its key', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const facts = machine()
    const first = (await enrol(await tokenOf(a.reseller.as, a.customer.id), facts)).body
    const second = (await enrol(await tokenOf(b.reseller.as, b.customer.id), facts)).body
    expect(second.device_id).not.toBe(first.device_id)
    for (const { device_key } of [first, second]) expect((await beat(device_key)).status).toBe(200)
    expect((await a.reseller.as.get(`/v1/devices/${first.device_id}`)).status).toBe(200)
    expect((await a.reseller.as.get(`/v1/devices/${second.device_id}`)).status).toBe(404)
  })
  it('422: machine facts that are none; nothing is written', async () => {
    const { reseller, customer } = await given.channel(world)
    const token = await tokenOf(reseller.as, customer.id)
    const wrong: Record<string, unknown>[] = [
      ...['x'.repeat(7), 'x'.repeat(129), 'machine one', 'größe-12', '', 12345678, undefined].map((machine_id) => ({
        machine_id,
      })),
      ...['', ' ', 'x'.repeat(256), 'a\u0000b', null].map((host_name) => ({ host_name })),
      { os: 'solaris' },
      { os_version: 'x'.repeat(201) },
      { architecture: 'sparc' },
      { machine_kind: 'toaster' },
      { serial: '1' },
    ]
    for (const fields of wrong)
      expect(await refused(() => enrol(token, machine(fields))), JSON.stringify(fields)).toBe('422 invalid_request')
    expect(
      await refused(() => world.as(null).post('/agent/v1/enrol', { install_token: token, agent_version: '1' })),
    ).toBe('422 invalid_request')
    for (const machine_id of ['x'.repeat(8), given.unique('y'.repeat(119)).replace(' ', '-')]) {
      expect((await enrol(token, machine({ machine_id }))).status).toBe(201)
    }
  })
})

describe('signals (R-ACT-1, R-ACT-2)', () => {
  it("200: a day is counted once, however many signals come, and the device's own clock counts nothing", async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => beat(device.key, { sent_at: '2031-07-09T00:00:00Z' })),
    )
    for (const answer of answers) {
      expect(answer.body.day).toBe('2027-01-05')
      expect(answer.body.heartbeat_after_s).toBeGreaterThanOrEqual(240)
      expect(answer.body.heartbeat_after_s).toBeLessThanOrEqual(360)
    }
    expect(await monthsOf(device.id)).toEqual([{ month: '2027-01-01', days: 1 << 4 }])
  })
  it('401 device_key_invalid: none, one never made, a session; and a device key is no session', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    for (const key of [null, 'ttd_never-made', reseller.as.token, world.vendor.token]) {
      expect(await refused(() => beat(key)), String(key)).toBe('401 device_key_invalid')
      expect(await refused(() => world.as(key).post('/agent/v1/uninstall'))).toBe('401 device_key_invalid')
    }
    for (const path of ['/v1/me', '/v1/devices', `/v1/devices/${device.id}`]) {
      expect(refusal(await world.as(device.key).get(path)), path).toBe('401 unauthenticated')
    }
    expect(await refused(() => world.as(device.key).post('/v1/tenants', {}))).toBe('401 unauthenticated')
  })
  it('403 device_refused: a deactivated or deleted device and one of a closed tenant; a refused signal is no activity', async () => {
    const { reseller, customer } = await given.channel(world)
    const closed = await given.channel(world)
    for (const state of ['deactivated', 'deleted']) {
      const device = await given.device(world, reseller.as, customer.id)
      await query(world, 'update devices set state = $2 where id = $1', [device.id, state])
      expect(await refused(() => beat(device.key)), state).toBe('403 device_refused')
    }
    const device = await given.device(world, closed.reseller.as, closed.customer.id)
    await query(world, "update tenants set state = 'inactive' where id = $1", [closed.customer.id])
    expect(await refused(() => beat(device.key))).toBe('403 device_refused')
    expect(await refused(() => device.uninstall())).toBe('403 device_refused')
  })
  it('204: an uninstall is no activity; a later signal restores the device (R-ACT-5)', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const stateOf = async () => (await reseller.as.get(`/v1/devices/${device.id}`)).body.state
    expect((await device.uninstall()).status).toBe(204)
    expect([await stateOf(), await monthsOf(device.id)]).toEqual(['uninstalled', []])
    expect((await device.signal()).status).toBe(200)
    expect([await stateOf(), await monthsOf(device.id)]).toEqual(['active', [{ month: '2027-01-01', days: 1 << 4 }]])
    // Also where the day is known to be recorded.
    given.expectOk(await device.uninstall())
    given.expectOk(await device.signal())
    expect(await stateOf()).toBe('active')
    expect((await auditOf(world, device.id)).map((entry) => entry.action)).toEqual([
      ...['device.enrolled', 'device.uninstalled', 'device.restored', 'device.uninstalled', 'device.restored'],
    ])
  })
})

/** These move the clock: the days of the tests above are those at which it starts. */
describe('days and months are UTC (R-BILL-9, scenario 97)', () => {
  const dayMap = (...days: number[]) => days.reduce((map, day) => map | (1 << (day - 1)), 0)
  it('the last millisecond of a month and the first of the next fall on both sides', async () => {
    const { reseller, customer } = await given.channel(world)
    const [both, late] = [
      await given.device(world, reseller.as, customer.id),
      await given.device(world, reseller.as, customer.id),
    ]
    await world.moveTo('2027-01-31T23:59:59.999Z')
    expect((await both.signal()).body.day).toBe('2027-01-31')
    await world.moveTo('2027-02-01T00:00:00.000Z')
    for (const device of [both, late]) expect((await device.signal()).body.day).toBe('2027-02-01')
    expect(await monthsOf(both.id)).toEqual([
      { month: '2027-01-01', days: dayMap(31) },
      { month: '2027-02-01', days: dayMap(1) },
    ])
    expect(await monthsOf(late.id)).toEqual([{ month: '2027-02-01', days: dayMap(1) }])
  })
  it('the leap day is a day, between the 28th and the first', async () => {
    // A device that is silent for 90 days is erased: it enrols shortly before.
    await world.moveTo('2028-02-27T12:00:00.000Z')
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    for (const day of ['2028-02-28', '2028-02-29', '2028-03-01']) {
      await world.moveTo(`${day}T00:00:00.000Z`)
      expect((await device.signal()).body.day).toBe(day)
    }
    expect(await monthsOf(device.id)).toEqual([
      { month: '2028-02-01', days: dayMap(28, 29) },
      { month: '2028-03-01', days: dayMap(1) },
    ])
  })
})

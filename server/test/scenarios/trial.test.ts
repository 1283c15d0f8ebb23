import { afterAll, beforeAll, expect, it } from 'vitest'
import { readValues } from '../../src/documents/xlsx/read-xlsx.fixture.ts'
import * as given from '../given.ts'
import { listAll } from '../state.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-31T10:00:00Z')
})
afterAll(() => world.close())

/** R-TRIAL-1, R-TRIAL-4, scenario 21: a customer in trial from 31 January to the end of 2 March. */
it('trial days carry no charge, the days after them do; trial use stands apart', async () => {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId)
  const trial = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer', in_trial: true })
  expect(trial.trial_ends_at).toBe('2027-03-03T00:00:00.000Z')
  const site = await given.tenant(branch.reseller.as, trial.id, { level: 'site' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${trial.id}/offers/${offerId}`))
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: trial.id, offer_id: offerId }))
  const both = await given.device(world, branch.reseller.as, trial.id, 'both-000')
  const onlyTrial = await given.device(world, branch.reseller.as, trial.id, 'only-trial')
  const ofSite = await given.device(world, branch.reseller.as, site.id, 'of-the-site')
  const invoicesTo = async (month: string) =>
    (await listAll(branch.reseller.as, `/v1/invoices?month=${month}&direction=issued`)).filter(
      (row) => row.buyer_id === trial.id,
    )
  const usage = (month: string) => listAll(branch.reseller.as, `/v1/usage?month=${month}&tenant_id=${trial.id}`)

  for (const device of [both, onlyTrial, ofSite]) given.expectOk(await device.signal())
  await world.moveTo('2027-02-20T10:00:00Z')
  for (const device of [both, onlyTrial, ofSite]) given.expectOk(await device.signal())
  expect(await invoicesTo('2027-01')).toEqual([])
  await world.moveTo('2027-03-02T23:59:59.999Z')
  for (const device of [both, onlyTrial, ofSite]) given.expectOk(await device.signal())
  expect(await invoicesTo('2027-02')).toEqual([])
  expect(await usage('2027-02')).toMatchObject(
    Array(3).fill({ days: [20], charged_days: [], units: 0, reason: 'trial' }),
  )

  await world.moveTo('2027-03-03T00:00:00.000Z')
  for (const device of [both, ofSite]) given.expectOk(await device.signal())
  await world.moveTo('2027-04-01T01:00:00Z')
  expect(await usage('2027-03')).toMatchObject([
    { device_id: both.id, days: [2, 3], charged_days: [3], units: 1, reason: 'standalone_device' },
    { device_id: ofSite.id, site: { id: site.id }, days: [2, 3], charged_days: [3], units: 1 },
    { device_id: onlyTrial.id, days: [2], charged_days: [], units: 0, reason: 'trial' },
  ])
  const [invoice, ...more] = await invoicesTo('2027-03')
  expect(more).toEqual([])
  expect(invoice).toMatchObject({ state: 'issued', total: { amount: '17.00', currency: 'EUR' } })
  const { lines } = (await branch.reseller.as.get(`/v1/invoices/${invoice?.id}`)).body
  expect(lines).toMatchObject([{ customer_id: trial.id, quantity: '2', evidence: { units: 2, days: 2 } }])
  const [total] = (await branch.reseller.as.get(`/v1/usage/totals?month=2027-03&tenant_id=${trial.id}`)).body.data
  expect(total).toMatchObject({ customers: 1, devices: 3, units: 2, trial_devices: 1 })
  const { bytes } = await branch.reseller.as.get('/v1/usage/export?month=2027-03')
  expect(readValues(bytes, 'Usage').at(-1)?.at(-1)).toBe(2)
  expect(readValues(bytes, 'Trial').slice(1, -1)).toHaveLength(1)
})

it('scenario 20: in trial to its last instant, in production from the next, noted once', async () => {
  const branch = await given.channel(world)
  const reseller = branch.reseller.as
  const { id, trial_ends_at } = await given.tenant(reseller, branch.reseller.id, {
    level: 'end_customer',
    in_trial: true,
  })
  const state = async () => (await reseller.get(`/v1/tenants/${id}`)).body.state
  const entries = () =>
    listAll(reseller, `/v1/audit-events?action=tenant.trial_ended&object_kind=tenant&object_id=${id}`)
  await world.moveTo(new Date(Date.parse(trial_ends_at) - 1).toISOString())
  expect(await state()).toBe('in_trial')
  await world.moveTo(trial_ends_at)
  expect(await state()).toBe('production')
  const call = await world.application.db.systemCall('test')
  await Promise.all([world.application.runDue(call), world.application.runDue(call)])
  expect(await entries()).toMatchObject([{ before: { state: 'in_trial' }, after: { state: 'production' } }])
})

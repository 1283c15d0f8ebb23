import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { toMonth } from '../kernel/time.ts'
import { runMonth } from './run.ts'

const amounts = ['4.10', '4.90', '5.80', '8.50'] as const

/** The tests follow one another through the months: each makes its own branch in the month at which the clock stands. */
let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

/** A branch with a subscribed customer and devices that signalled today. */
async function active(deviceCount = 1) {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId, amounts)
  const devices = []
  // One after the other: each makes an install token, which ends the former.
  for (let n = 0; n < deviceCount; n += 1)
    devices.push(await given.device(world, branch.reseller.as, branch.customer.id))
  for (const device of devices) given.expectOk(await device.signal())
  return {
    ...branch,
    offerId,
    devices,
    sellers: [world.vendor, branch.distributor.as, branch.subDistributor.as, branch.reseller.as] as const,
  }
}
type Branch = Awaited<ReturnType<typeof active>>
type Row = {
  id: string
  number: string | null
  state: string
  total: { amount: string }
  draft_reason: string | null
  buyer_id: string
}

const issued = async (as: Client, month: string): Promise<Row[]> =>
  (await listAll(as, `/v1/invoices?month=${month}&direction=issued`, 500)) as Row[]
/** The invoices along a branch, from the vendor down. */
async function along(branch: Branch, month: string): Promise<Row[]> {
  const buyers = [branch.distributor, branch.subDistributor, branch.reseller, branch.customer]
  const rows = await Promise.all(branch.sellers.map((seller) => issued(seller, month)))
  return rows.flatMap((list, n) => list.filter((row) => row.buyer_id === buyers[n]?.id))
}
const run = async (month: string) =>
  runMonth(world.application.db, await world.application.db.systemCall('test'), toMonth(month))
/** Numbers of every seller in a year: each list must be 1, 2, 3 ... */
async function expectNoGaps(): Promise<void> {
  const rows = await query<{ seller_id: string; number: string }>(
    world,
    "select seller_id, number from invoices where state <> 'draft' order by number",
  )
  for (const numbers of Map.groupBy(rows, (row) => `${row.seller_id} ${row.number.slice(4, 8)}`).values()) {
    expect(numbers.map((row) => Number(row.number.slice(9)))).toEqual(numbers.map((_, n) => n + 1))
  }
  const doubled = await query(world, 'select 1 from invoices group by seller_id, buyer_id, month having count(*) > 1')
  expect([doubled, rows.length > 0]).toEqual([[], true])
}

describe('January: when a month is closed (R-BILL-1)', () => {
  let branch: Branch
  it('nothing at 00:59:59.999 on the 1st; at 01:00 one invoice an edge, each at its own price', async () => {
    branch = await active(3)
    await world.moveTo('2027-02-01T00:59:59.999Z')
    expect(await along(branch, '2027-01')).toEqual([])
    expect(refusal(await world.vendor.post('/v1/billing-runs', { month: '2027-01' }))).toBe('409 month_not_over')
    await world.moveTo('2027-02-01T01:00:00.000Z')
    const rows = await along(branch, '2027-01')
    expect(rows.map((row) => [row.total.amount, row.state])).toEqual(
      ['12.30', '14.70', '17.40', '25.50'].map((total) => [total, 'issued']),
    )
    expect(rows[3]).toMatchObject({ issued_on: '2027-02-01', due_on: '2027-03-03', draft_reason: null })
  })
  it('run again it gives the same invoices once: nothing is written', async () => {
    await writesNothing(world, () => run('2027-01'))
    await expectNoGaps()
  })
  it('the quantity is the same on every edge and is the sum of its evidence; each end sees the same invoice (R-BILL-2, R-BILL-6)', async () => {
    const buyers = [branch.distributor.as, branch.subDistributor.as, branch.reseller.as, branch.customer.as]
    for (const [n, row] of (await along(branch, '2027-01')).entries()) {
      const seller = branch.sellers[n] ?? world.vendor
      const invoice = (await seller.get(`/v1/invoices/${row.id}`)).body
      const received = (await buyers[n]?.get(`/v1/invoices/${row.id}`))?.body
      expect(received).toEqual({ ...invoice, direction: 'received' })
      const [line, ...more] = invoice.lines
      expect(more).toEqual([])
      expect(line).toMatchObject({
        customer_id: branch.customer.id,
        quantity: '3',
        unit_price: amounts[n],
        amount: row.total.amount,
        from: '2027-01-01',
        to: '2027-01-31',
      })
      const evidence = await listAll(seller, `/v1/invoices/${row.id}/lines/${line.id}/evidence`)
      expect(evidence.map((unit) => unit.device_id).sort()).toEqual(branch.devices.map((device) => device.id).sort())
      expect(evidence.reduce((sum, unit) => sum + Number(unit.units), 0)).toBe(Number(line.quantity))
      expect(evidence.every((unit) => String(unit.days) === '5')).toBe(true)
    }
  })
  it('R-TREE-10: an edge is seen by its two ends; for anyone else it does not exist', async () => {
    const other = await given.channel(world)
    const [, , middle] = await along(branch, '2027-01')
    const missing = seen(await world.vendor.get('/v1/invoices/01990000-0000-7000-8000-000000000000'))
    for (const as of [world.vendor, branch.distributor.as, branch.customer.as, other.reseller.as]) {
      expect(seen(await as.get(`/v1/invoices/${middle?.id}`))).toEqual(missing)
      expect((await listAll(as, '/v1/invoices', 500)).map((row) => row.id)).not.toContain(middle?.id)
    }
  })
  it("the audit log has each issue, for the buyer's own eyes", async () => {
    const [first] = await along(branch, '2027-01')
    expect(await auditOf(world, first?.id ?? '')).toMatchObject([
      { action: 'invoice.issued', actor_kind: 'system', private: true, after: { number: first?.number } },
    ])
  })
})

it('February: three runs at once give each invoice once, without a gap', async () => {
  const branches = [await active(), await active()]
  await world.moveTo('2027-03-01T00:59:59.999Z')
  await Promise.all([run('2027-02'), run('2027-02'), run('2027-02')])
  for (const branch of branches)
    expect((await along(branch, '2027-02')).map((row) => row.state)).toEqual(Array(4).fill('issued'))
  await expectNoGaps()
})

it('March: a run that dies half-way and is run again gives all once, without a gap', async () => {
  const [first, second] = [await active(), await active()]
  // The second branch's third edge cannot be written: what came before it stands, what comes after it is not there yet.
  await query(
    world,
    `alter table invoices add constraint planted check (buyer_id <> '${second.reseller.id}') not valid`,
  )
  await expect(world.moveTo('2027-04-01T01:00:00Z')).rejects.toThrow('500')
  expect((await along(first, '2027-03')).length).toBe(4)
  expect((await along(second, '2027-03')).length).toBe(2)
  const before = await along(first, '2027-03')
  await query(world, 'alter table invoices drop constraint planted')
  await world.moveTo('2027-04-01T01:01:00Z')
  expect((await along(second, '2027-03')).map((row) => row.state)).toEqual(Array(4).fill('issued'))
  expect(await along(first, '2027-03')).toEqual(before)
  await expectNoGaps()
})

describe('April: drafts (R-BILL-1)', () => {
  /** Asks for a run and waits for its job. */
  async function requestRun(month: string) {
    const asked = await world.vendor.post('/v1/billing-runs', { month })
    expect([asked.status, asked.body.state]).toEqual([202, 'running'])
    const read = async () => (await world.vendor.get(`/v1/billing-runs/${asked.body.id}`)).body
    await expect.poll(async () => (await read()).state, { interval: 25, timeout: 20_000 }).toBe('done')
    return read()
  }
  it('missing legal data or price leave a draft with the reason and no number; completed, a run issues it', async () => {
    const lacking = await active()
    const unpriced = await active()
    const other = await given.offer(world)
    await given.sold(world, unpriced, other, ['1', '1', '1', '1'])
    const full = await active()
    const bare = { company: { street: ' x ', city: null } }
    given.expectOk(await world.vendor.patch(`/v1/tenants/${lacking.subDistributor.id}`, bare, 1))
    const hidden = await query<{ row: string }>(
      world,
      'delete from asked_prices where buyer_id = $1 and offer_id = $2 returning to_json(asked_prices)::text as row',
      [unpriced.customer.id, other],
    )
    await world.moveTo('2027-05-01T01:00:00Z')

    const reason = `Legal name, address or country of ${lacking.subDistributor.name} is missing.`
    const drafts = await along(lacking, '2027-04')
    expect(drafts.map((row) => [row.state, row.number === null, row.draft_reason])).toEqual([
      ['issued', false, null],
      ['draft', true, reason],
      ['draft', true, reason],
      ['issued', false, null],
    ])
    const last = (await along(unpriced, '2027-04')).at(-1)
    expect(last).toMatchObject({ state: 'draft', number: null, total: { amount: '8.50' } })
    expect(last?.draft_reason).toMatch(/^No price for Product \w+ Standard\.$/)
    expect((await along(full, '2027-04')).map((row) => row.state)).toEqual(Array(4).fill('issued'))

    given.expectOk(
      await lacking.subDistributor.as.patch(
        `/v1/tenants/${lacking.subDistributor.id}`,
        { company: { city: 'Ulm' } },
        2,
      ),
    )
    await query(world, 'insert into asked_prices select * from json_populate_record(null::asked_prices, $1)', [
      hidden[0]?.row,
    ])
    const before = await along(full, '2027-04')
    const done = await requestRun('2027-04')
    expect(done).toMatchObject({ month: '2027-04', invoices_draft: 0, finished_at: '2027-05-01T01:00:00.000Z' })
    expect((await along(lacking, '2027-04')).map((row) => [row.state, row.draft_reason])).toEqual(
      Array(4).fill(['issued', null]),
    )
    expect((await along(unpriced, '2027-04')).map((row) => [row.state, row.total.amount]).at(-1)).toEqual([
      'issued',
      '9.50',
    ])
    expect(await along(full, '2027-04')).toEqual(before)
    await expectNoGaps()
  })
  it('409 month_not_over: the running month and any later one; 422: what is no month; nothing is written', async () => {
    const ask = (month: unknown) =>
      writesNothing(world, async () => refusal(await world.vendor.post('/v1/billing-runs', { month })))
    for (const month of ['2027-05', '2027-06', '2099-01']) expect(await ask(month)).toBe('409 month_not_over')
    for (const month of ['2027-13', '2027-1', '2027-04-01', 4, null])
      expect(await ask(month)).toBe('422 invalid_request')
  })
  it('runs page to the end, the latest month first, for the vendor alone', async () => {
    const months = (await listAll(world.vendor, '/v1/billing-runs', 1)).map((row) => row.month)
    expect(months.slice(0, 4)).toEqual(['2027-04', '2027-03', '2027-02', '2027-01'])
    const { distributor } = await given.channel(world)
    expect((await distributor.as.get('/v1/billing-runs')).body.data).toEqual([])
    const [{ id }] = (await world.vendor.get('/v1/billing-runs')).body.data
    expect(refusal(await distributor.as.get(`/v1/billing-runs/${id}`))).toBe('404 not_found')
  })
})

it('May and June: a price change in a month counts from the next; issued invoices never change (R-PRICE-2, R-BILL-5)', async () => {
  const branch = await active()
  const [list] = (await branch.reseller.as.get('/v1/price-lists')).body.data
  await world.moveTo('2027-05-15T10:00:00Z')
  const raised = { offer_id: branch.offerId, unit_price: { amount: '9.99', currency: 'EUR' } }
  given.expectOk(await branch.reseller.as.post(`/v1/price-lists/${list.id}/prices`, raised))
  await world.moveTo('2027-06-01T01:00:00Z')
  const [may] = await issued(branch.reseller.as, '2027-05')
  expect(may?.total.amount).toBe('8.50')
  const read = async () => (await branch.reseller.as.get(`/v1/invoices/${may?.id}`)).body
  const before = await read()
  given.expectOk(
    await world.vendor.patch(
      `/v1/tenants/${branch.customer.id}`,
      { name: given.unique('Renamed'), company: { legal_name: 'Renamed Ltd' } },
      1,
    ),
  )
  given.expectOk(await world.vendor.patch(`/v1/tenants/${branch.reseller.id}`, { name: given.unique('Renamed') }, 1))
  for (const device of branch.devices) given.expectOk(await device.signal())
  await world.moveTo('2027-07-01T01:00:00Z')
  await run('2027-05')
  expect(await read()).toEqual(before)
  const [june] = await issued(branch.reseller.as, '2027-06')
  expect(june?.total.amount).toBe('9.99')
  expect((await branch.reseller.as.get(`/v1/invoices/${june?.id}`)).body.buyer.legal_name).toBe('Renamed Ltd')
})

it('July: no signal, no line, no invoice, though records are kept (scenario 72)', async () => {
  const branch = await active(0)
  await given.device(world, branch.reseller.as, branch.customer.id)
  await world.moveTo('2027-08-01T01:00:00Z')
  expect(await along(branch, '2027-07')).toEqual([])
  expect((await branch.reseller.as.get('/v1/devices')).body.data).toHaveLength(1)
})

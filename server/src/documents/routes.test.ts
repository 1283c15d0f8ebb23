import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { listAll, seen } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { readPdf } from './pdf/read-pdf.fixture.ts'
import { readValues } from './xlsx/read-xlsx.fixture.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

let world: World
let branch: given.Channel
let site: { id: string; name: string }
/** By who buys. */
let invoices: Record<'distributor' | 'customer', { id: string; number: string; seller: Client; buyer: Client }>
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
  branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId)
  site = await given.tenant(world.vendor, branch.customer.id, { level: 'site', name: '=HYPERLINK("x")' })
  const trial = await given.tenant(world.vendor, branch.reseller.id, { level: 'end_customer', in_trial: true })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${trial.id}/offers/${offerId}`))
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: trial.id, offer_id: offerId }))
  for (const tenantId of [branch.customer.id, site.id, site.id, trial.id])
    given.expectOk(await (await given.device(world, world.vendor, tenantId)).signal())
  await world.moveTo('2027-02-01T01:00:00Z')
  const received = async (buyer: Client) => (await buyer.get('/v1/invoices?direction=received')).body.data[0]
  invoices = {
    distributor: { ...(await received(branch.distributor.as)), seller: world.vendor, buyer: branch.distributor.as },
    customer: { ...(await received(branch.customer.as)), seller: branch.reseller.as, buyer: branch.customer.as },
  }
})
afterAll(() => world.close())

describe.each(['distributor', 'customer'] as const)('the invoice of a %s', (buyer) => {
  it('200: a PDF that both ends open, the same in content', async () => {
    const { id, number, ...ends } = invoices[buyer]
    for (const as of [ends.seller, ends.buyer]) {
      const answer = await as.get(`/v1/invoices/${id}/pdf`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${number}.pdf"`)
      const text = (await readPdf(answer.bytes)).pages.flat().join(' ')
      for (const part of [number, branch.customer.name, buyer === 'customer' ? '€25.50' : '€12.30'])
        expect(text).toContain(part)
    }
  })
  it('200: an Excel file that both ends open, whose evidence sums to the line', async () => {
    const { id, number, ...ends } = invoices[buyer]
    for (const as of [ends.seller, ends.buyer]) {
      const answer = await as.get(`/v1/invoices/${id}/xlsx`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, xlsx])
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${number}.xlsx"`)
      const rows = readValues(answer.bytes, 'Invoice')
      expect(rows).toContainEqual(expect.arrayContaining(['Number', number]))
      expect(rows.at(-1)?.slice(-3, -1)).toEqual(['Total', buyer === 'customer' ? 25.5 : 12.3])
      const evidence = readValues(answer.bytes, 'Evidence').slice(1)
      expect(evidence.filter((row) => row[0] === 1).reduce((sum, row) => sum + Number(row[9]), 0)).toBe(3)
      expect(evidence.flat().filter((value) => value === site.name)).toHaveLength(2)
    }
  })
  it('404: anyone else, the tenants above too, as if it did not exist', async () => {
    const other = await given.channel(world)
    const { id, ...ends } = invoices[buyer]
    const strangers = [
      world.vendor,
      branch.distributor.as,
      branch.subDistributor.as,
      branch.reseller.as,
      branch.customer.as,
      other.reseller.as,
    ]
    for (const as of strangers.filter((client) => client !== ends.seller && client !== ends.buyer)) {
      for (const kind of ['pdf', 'xlsx']) {
        expect(seen(await as.get(`/v1/invoices/${id}/${kind}`))).toEqual(
          seen(await as.get(`/v1/invoices/${missingId}/${kind}`)),
        )
      }
    }
    expect((await world.as(null).get(`/v1/invoices/${id}/pdf`)).status).toBe(401)
  })
})

it("R-ACT-6: the usage export sums to the invoice's line; a site stands under its customer; trial use on a sheet of its own", async () => {
  const answer = await branch.reseller.as.get('/v1/usage/export?month=2027-01')
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, xlsx])
  const [, ...charged] = readValues(answer.bytes, 'Usage')
  const total = charged.at(-1)
  const { lines } = (await branch.reseller.as.get(`/v1/invoices/${invoices.customer.id}`)).body
  expect([total?.[1], total?.at(-1)]).toEqual(['Total', Number(lines[0].quantity)])
  expect(charged.slice(0, -1).reduce((sum, row) => sum + Number(row.at(-1)), 0)).toBe(3)
  expect(charged.slice(0, -1).every((row) => row[1] === branch.customer.name)).toBe(true)
  const trial = readValues(answer.bytes, 'Trial').slice(1)
  expect(trial).toHaveLength(2)
  expect(trial.at(-1)?.at(-1)).toBe(0)
})

it('the export holds what the list holds, of the own subtree alone', async () => {
  const other = await given.channel(world)
  const empty = await other.reseller.as.get('/v1/usage/export?month=2027-01')
  expect(
    readValues(empty.bytes, 'Usage')
      .slice(1)
      .map((row) => row.at(-1)),
  ).toEqual([0])
  const own = await branch.customer.as.get('/v1/usage/export?month=2027-01')
  const listed = await listAll(branch.customer.as, '/v1/usage?month=2027-01')
  expect(
    readValues(own.bytes, 'Usage')
      .slice(1, -1)
      .map((row) => row[6])
      .sort(),
  ).toEqual(listed.map((unit) => unit.device_id).sort())
})

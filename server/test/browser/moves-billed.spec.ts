import { expect, test } from '@playwright/test'
import * as given from '../given.ts'
import { type RunningServer, startServer } from '../running-server.ts'
import { createClient, signInWithLink, type World } from '../world.ts'
import { expectAccessible } from './expect-accessible.ts'

// The month of a move as people see it: before the move, in the usage report, and on the invoices of both chains.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

test('the month of a move is divided, and says so', async ({ page, context }) => {
  const token = await signInWithLink(server.url, server.link)
  const vendor = createClient(server.url, token)
  const { id: vendorId } = (await vendor.get('/v1/me')).body.tenant
  const world = { url: server.url, vendor, vendorId, as: (as: string | null) => createClient(server.url, as) } as World
  const moveClock = async (to: string) => given.expectOk(await vendor.post('/v1/test-clock', { to, frozen: true }))
  await moveClock('2027-05-02T09:00:00Z')
  const [from, to] = [await given.channel(world), await given.channel(world)]
  const offerId = await given.offer(world)
  await given.sold(world, from, offerId)
  given.expectOk(await vendor.put(`/v1/tenants/${to.distributor.id}/offers/${offerId}`))
  for (const [seller, buyer] of [
    [to.distributor.as, to.subDistributor],
    [to.subDistributor.as, to.reseller],
    [to.reseller.as, to.customer],
  ] as const) {
    await given.price(seller, offerId, '7.00')
    given.expectOk(await seller.put(`/v1/tenants/${buyer.id}/offers/${offerId}`))
  }
  const device = await given.device(world, vendor, from.customer.id, 'machine-of-may')
  given.expectOk(await device.signal())
  await moveClock('2027-05-12T09:00:00Z')
  await context.addCookies([{ name: 'tenantree_session', value: token, url: server.url }])

  await page.goto(`${server.url}/t/${from.customer.id}/details`)
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: 'Move to another parent' }).click()
  await page.getByRole('combobox', { name: 'New parent' }).fill(to.reseller.name)
  await page.getByRole('option', { name: new RegExp(to.reseller.name) }).click()
  await expect(page.getByText(/Use of May 2027 is divided by charged days: the days before 12 May/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(page.getByText(`${from.customer.name} is moved.`)).toBeVisible()
  given.expectOk(await device.signal())
  await moveClock('2027-05-20T09:00:00Z')
  given.expectOk(await device.signal())
  await moveClock('2027-06-01T01:00:00Z')

  await page.goto(`${server.url}/t/${to.distributor.id}/usage?month=2027-05`)
  await expect(page.getByText('2 of 3 charged days, moved on 12 May')).toBeVisible()
  await expectAccessible(page)
  const invoices = (await vendor.get('/v1/invoices?month=2027-05')).body.data
  const invoice = invoices.find(({ buyer_id }: { buyer_id: string }) => buyer_id === from.distributor.id)
  await page.goto(`${server.url}/t/${vendorId}/invoices/${invoice.id}`)
  await expect(page.getByText('1 of 3 charged days, moved on 12 May')).toBeVisible()
  await page.getByRole('button', { name: 'Evidence of line 1' }).click()
  await expect(page.getByRole('table', { name: 'Evidence of line 1' })).toContainText('1 of 3 charged days')
  await expectAccessible(page)
})

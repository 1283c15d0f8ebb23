import { type APIRequestContext, expect, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'

let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

/** In the name of the session of a page, or of someone beside it. */
async function post(as: APIRequestContext, path: string, data: object) {
  const headers = { origin: server.url }
  const answer = await as.post(`${server.url}${path}`, { data, headers, timeout: 120_000 })
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

/** A reseller and its customer that subscribes to storage, and two machines of it that report; one is deleted since. */
async function sell(vendor: APIRequestContext, seller: APIRequestContext, vendorId: string): Promise<void> {
  const company = { legal_name: 'A Ltd', street: '1 Way', postal_code: '20457', city: 'Hamburg', country: 'DE' }
  const fields = { device_country: 'DE', service_type: 'all_inclusive', company }
  const above = { ...fields, name: 'Contoso', parent_id: vendorId, level: 'reseller' }
  const { id: resellerId } = await post(vendor, '/v1/tenants', above)
  const customer = { ...fields, name: 'Northwind Dental', parent_id: resellerId, level: 'end_customer' }
  const { id: tenant_id } = await post(vendor, '/v1/tenants', customer)
  const person = { tenant_id: resellerId, email: 'sam@contoso.example', name: 'Sam', role: 'superuser' }
  const { sign_in_url } = await post(vendor, '/v1/users', person)
  await post(seller, '/v1/sessions/link', { token: new URL(sign_in_url).searchParams.get('token') })
  const offer = { product: 'Cloud Storage', edition: 'As used', unit: 'tenant', charge_model: 'peak' }
  const { id } = await post(vendor, '/v1/offers', { ...offer, metric: 'used_storage' })
  const headers = { origin: server.url }
  for (const [as, buyer] of [
    [vendor, resellerId],
    [seller, tenant_id],
  ]) {
    const list = await post(as, '/v1/price-lists', { currency: 'EUR' })
    const price = { offer_id: id, unit_price: { amount: '0.02', currency: 'EUR' } }
    await post(as, `/v1/price-lists/${list.id}/prices`, price)
    await as.put(`${server.url}/v1/tenants/${buyer}/offers/${id}`, { headers })
  }
  await post(seller, '/v1/subscriptions', { tenant_id, offer_id: id })
  const { token } = await post(vendor, `/v1/tenants/${tenant_id}/install-token`, {})
  for (const [name, used_storage] of [
    ['files-1', 1_250_000_000_000],
    ['files-2', 90_500_000_001],
  ] as const) {
    const machine = { machine_id: `machine-${name}`, host_name: name, os: 'linux', os_version: 'Debian 13' }
    const kind = { architecture: 'x64', machine_kind: 'virtual' }
    const enrolled = { install_token: token, agent_version: '0.1.0', machine: { ...machine, ...kind } }
    const { device_id, device_key } = await post(vendor, '/agent/v1/enrol', enrolled)
    const data = { agent_version: '0.1.0', peaks: { used_storage } }
    const agent = { authorization: `Bearer ${device_key}` }
    const answer = await seller.post(`${server.url}/agent/v1/heartbeat`, { data, headers: agent })
    expect(answer.ok(), await answer.text()).toBe(true)
    if (name === 'files-2') await vendor.delete(`${server.url}/v1/devices/${device_id}`, { headers })
  }
}

test('the highest value of each device stands with its date, and the totals count what is charged', async ({
  page,
  request,
}) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const { tenant } = await (await page.request.get(`${server.url}/v1/me`)).json()
  await post(page.request, '/v1/test-clock', { to: '2030-01-05T10:00:00Z', frozen: true })
  await page.goto(`${server.url}/t/${tenant.id}/usage`)
  await page.getByRole('link', { name: 'Peaks' }).click()
  await expect(page.getByText('No device of a subscriber to a peak offer has a value')).toBeVisible()

  await sell(page.request, request, tenant.id)
  await post(page.request, '/v1/test-clock', { to: '2030-01-07T10:00:00Z', frozen: true })
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Peaks' })).toBeVisible()
  await expect(page.getByRole('row', { name: /files-1/ })).toContainText('1,250 GB')
  const gone = page.getByRole('row', { name: /files-2/ })
  await expect(gone).toContainText('90.500000001 GB')
  await expect(gone).toContainText('5 Jan 2030')
  await expect(gone).toContainText('Deleted 5 Jan')
  await expect(page.getByRole('table', { name: 'Totals per offer' })).toContainText('1,340.500000001 GB')
  await expectAccessible(page)
})

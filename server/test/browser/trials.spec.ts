import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import * as act from './act.ts'
import { expectAccessible } from './expect-accessible.ts'

// Trials as people see them: a customer's, a subscription's and a device's, what ends when, and out of them by hand; file policies in order.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

async function signIn(page: Page): Promise<string> {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a long and quiet password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return (await (await page.request.get(`${server.url}/v1/me`)).json()).tenant.id
}

const send = (page: Page, method: 'post' | 'put', path: string, body: unknown) =>
  act.send(page, server, method, path, { body })

/** A reseller of the vendor with a customer in trial, an offer with a trial enabled down to it, and a device in trial. */
async function prepare(page: Page, vendorId: string) {
  const shared = { service_type: 'all_inclusive', device_country: 'DE' }
  const reseller = await send(page, 'post', '/v1/tenants', {
    ...shared,
    parent_id: vendorId,
    level: 'reseller',
    name: 'Northwind Digital',
  })
  const customer = await send(page, 'post', '/v1/tenants', {
    ...shared,
    parent_id: reseller.id,
    level: 'end_customer',
    name: 'Blue Harbor Legal',
    in_trial: true,
  })
  for (const code of ['zero_trust_files', 'sandbox']) await send(page, 'put', `/v1/features/${code}`, { name: code })
  const offer = await send(page, 'post', '/v1/offers', {
    product: 'Browser Security',
    edition: 'Core+',
    unit: 'device',
    charge_model: 'active_use',
    trial: { days: 7, end_policy: 'deactivate' },
    features: ['zero_trust_files', 'sandbox'],
  })
  const list = await send(page, 'post', '/v1/price-lists', { currency: 'EUR' })
  await send(page, 'post', `/v1/price-lists/${list.id}/prices`, {
    offer_id: offer.id,
    unit_price: { amount: '4', currency: 'EUR' },
  })
  await send(page, 'put', `/v1/tenants/${reseller.id}/offers/${offer.id}`, undefined)
  return { reseller, customer, offer }
}

/** Only the seller sets the price of its edge: as a user of the reseller, who signs in by its link. */
async function sellOn(page: Page, { reseller, customer, offer }: Awaited<ReturnType<typeof prepare>>): Promise<void> {
  const body = { tenant_id: reseller.id, email: 'ada@northwind.example', name: 'Ada Northwind', role: 'superuser' }
  const { sign_in_url } = await send(page, 'post', '/v1/users', body)
  await page.goto(sign_in_url)
  await page.getByLabel('New password').fill('another long and quiet password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const list = await send(page, 'post', '/v1/price-lists', { currency: 'EUR' })
  await send(page, 'post', `/v1/price-lists/${list.id}/prices`, {
    offer_id: offer.id,
    unit_price: { amount: '6', currency: 'EUR' },
  })
  await send(page, 'put', `/v1/tenants/${customer.id}/offers/${offer.id}`, undefined)
}

async function enrol(page: Page, tenantId: string): Promise<void> {
  const { token } = await send(page, 'post', `/v1/tenants/${tenantId}/install-token`, {})
  const machine = {
    machine_id: 'machine-trial',
    host_name: 'HOST-TRIAL',
    os: 'windows',
    os_version: 'Windows 11 Pro',
    architecture: 'x64',
    machine_kind: 'physical',
  }
  await send(page, 'post', '/agent/v1/enrol', { install_token: token, agent_version: '0.1.0', machine })
}

test('trials begin, are listed by their ends, and are left by hand; file policies have an order', async ({ page }) => {
  const vendorId = await signIn(page)
  const prepared = await prepare(page, vendorId)
  await sellOn(page, prepared)
  const { customer, reseller } = prepared

  await page.goto(`${server.url}/t/${customer.id}/details`)
  await page.getByRole('combobox', { name: 'Offer to subscribe to' }).click()
  await page.getByRole('option', { name: 'Browser Security Core+' }).click()
  await page.getByRole('checkbox', { name: /Begin with a trial/ }).check()
  const subscriptions = page.getByRole('region', { name: 'Subscriptions' })
  await subscriptions.getByRole('button', { name: 'Add' }).click()
  await expect(subscriptions.getByRole('row', { name: /Browser Security Core\+.*Trial.*ends in 8 days/ })).toBeVisible()

  const policies = page.getByRole('region', { name: 'File policies' })
  for (const [site, action] of [
    ['*.example.com', 'Sandbox'],
    ['*', 'Block'],
  ] as const) {
    await policies.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('textbox', { name: 'Web sites' }).fill(site)
    await page.getByRole('combobox', { name: 'Action' }).click()
    await page.getByRole('option', { name: action }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  await policies.getByRole('button', { name: 'Move policy 2 up' }).click()
  await expect(policies.getByRole('row', { name: /1 Upload \*/ })).toContainText('Block')
  await expectAccessible(page)

  await page.goto(`${server.url}/t/${reseller.id}/trials`)
  const grid = page.getByRole('grid', { name: 'Trials' }).or(page.getByRole('table', { name: 'Trials' }))
  await expect(grid).toContainText('Blue Harbor Legal')
  await expect(grid).toContainText('ends in 8 days')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Make active' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make active' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('button', { name: 'Start production' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start production' }).click()
  await expect(page.getByText('Nothing is in trial here.')).toBeVisible()

  // A device trial begins where the device is looked at; the same again is refused in words.
  await enrol(page, customer.id)
  await page.goto(`${server.url}/t/${customer.id}/devices`)
  await page.getByText('HOST-TRIAL').click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: 'Start a trial' }).click()
  const form = page.getByRole('dialog', { name: /Start a trial on HOST-TRIAL/ })
  await form.getByRole('combobox', { name: 'Offer' }).click()
  await page.getByRole('option', { name: 'Browser Security Core+' }).click()
  await expect(form.getByText(/the 7 days after today; then the device is stopped/)).toBeVisible()
  await expectAccessible(page)
  await form.getByRole('button', { name: 'Start the trial' }).click()
  await expect(drawer.getByText(/In trial of Browser Security Core\+/)).toBeVisible()
  await drawer.getByRole('button', { name: 'Switch to paid' }).click()
  await expect(drawer.getByText('Browser Security Core+: Paid.')).toBeVisible()
  await drawer.getByRole('button', { name: 'Start a trial' }).click()
  await form.getByRole('combobox', { name: 'Offer' }).click()
  await page.getByRole('option', { name: 'Browser Security Core+' }).click()
  await form.getByRole('button', { name: 'Start the trial' }).click()
  await expect(form.getByRole('alert')).toContainText(/trial was had|current state/)

  await page.goto(`${server.url}/unsubscribe?token=made-up`)
  await page.getByRole('button', { name: 'Send no more of them' }).click()
  await expect(page.getByText('The link is not valid')).toBeVisible()
  await expectAccessible(page)
})

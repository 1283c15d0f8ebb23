import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import * as act from './act.ts'
import { expectAccessible } from './expect-accessible.ts'

let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

const send = (page: Page, method: 'post' | 'put' | 'patch', path: string, body?: unknown, version?: number) =>
  act.send(page, server, method, path, { body, ...(version !== undefined && { version }) })

/** A reseller of the vendor's own that is sold backup licenses and support for them; the vendor's user may purchase. */
async function sell(page: Page): Promise<{ reseller: string }> {
  const me = await (await page.request.get(`${server.url}/v1/me`)).json()
  const own = await (await page.request.get(`${server.url}/v1/users?limit=1`)).json()
  await send(page, 'patch', `/v1/users/${me.user.id}`, { may_purchase: true }, own.data[0].version)
  const reseller = await send(page, 'post', '/v1/tenants', {
    name: 'Baltic IT',
    parent_id: me.tenant.id,
    level: 'reseller',
    device_country: 'DE',
    service_type: 'all_inclusive',
  })
  const list = await send(page, 'post', '/v1/price-lists', { currency: 'EUR' })
  const terms = [
    { code: 'monthly', name: 'Month to month', months: 1 },
    { code: 'annual', name: '1 year', months: 12 },
  ]
  for (const [product, edition, unit, price, addOnOf] of [
    ['Backup', 'Server', 'device', '14.90', []],
    ['Premium Support', 'Standard', 'tenant', '99', [{ product: 'Backup', edition: null }]],
  ] as const) {
    const offer = await send(page, 'post', '/v1/offers', {
      product,
      edition,
      unit,
      charge_model: 'committed',
      terms,
      add_on_of: addOnOf,
    })
    for (const term of ['monthly', 'annual'])
      await send(page, 'post', `/v1/price-lists/${list.id}/prices`, {
        offer_id: offer.id,
        term,
        unit_price: { amount: price, currency: 'EUR' },
      })
    await send(page, 'put', `/v1/tenants/${reseller.id}/offers/${offer.id}`)
  }
  await send(page, 'post', '/v1/terms-versions', { text: 'The licenses are granted for the term that was ordered.' })
  return { reseller: reseller.id }
}

const shots = process.env.SHOTS
async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return
  for (const scheme of ['light', 'dark'] as const)
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height })
      await page.screenshot({ path: `${shots}/${name}-${scheme}-${width}.png` })
    }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('licenses are bought with the amounts in view, shown as an order, and withdrawn', async ({ page }) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('link', { name: 'Details', exact: true }).waitFor()
  const { reseller } = await sell(page)
  await send(page, 'post', '/v1/test-clock', { to: `${new Date().getUTCFullYear() + 1}-11-25T10:00:00Z`, frozen: true })

  await page.goto(`${server.url}/t/${reseller}/orders`)
  await page.getByText('There is no order yet').waitFor()
  await page.getByRole('button', { name: 'Buy licenses' }).click()
  const dialog = page.getByRole('dialog', { name: 'Buy licenses for Baltic IT' })
  const costs = dialog.getByRole('complementary', { name: 'What it costs' })
  await expect(costs).toContainText('6 of 30 days')
  await dialog.getByRole('textbox', { name: 'Quantity' }).fill('5')
  await dialog.getByRole('combobox', { name: 'Term' }).click()
  await page.getByRole('option', { name: '1 year' }).click()
  await expect(costs).toContainText('€14.90')
  await expect(costs).toContainText('24 of 30 days')
  await dialog.getByRole('button', { name: 'Premium Support Standard' }).click()
  // 5 x 14.90 x 6/30 and 99 x 6/30
  await expect(costs).toContainText('€34.70')
  const place = dialog.getByRole('button', { name: 'Place order' })
  await expect(place).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Quantity' }).first().fill('0')
  await expect(dialog.getByText('A whole number from 1 to 100,000')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Quantity' }).first().fill('5')
  await dialog.getByRole('button', { name: 'terms and conditions' }).click()
  await expect(page.getByText('granted for the term that was ordered')).toBeVisible()
  await page
    .getByRole('dialog', { name: /^Terms/ })
    .getByRole('button', { name: 'Close' })
    .click()
  await dialog.getByRole('checkbox', { name: /acknowledge/ }).check()
  await expect(costs).toContainText('€34.70')
  await expect(place).toBeEnabled()
  await expectAccessible(page)
  await shoot(page, 'buy')
  await place.click()

  await expect(page.getByRole('heading', { name: /Order of 25 Nov/ })).toBeVisible()
  const lines = page.getByRole('table', { name: 'Lines' })
  await expect(lines).toContainText('€34.70')
  await expect(lines).toContainText('beside Backup Server')
  await expectAccessible(page)
  await shoot(page, 'order')
  await page.goto(`${server.url}/t/${reseller}/orders`)
  await expect(
    page.getByRole('grid', { name: 'Orders' }).or(page.getByRole('table', { name: 'Orders' })),
  ).toContainText('Backup Server and 1 more')
  await shoot(page, 'orders')
  await page.getByRole('button', { name: 'Buy licenses' }).click()
  await expect(page.getByText('Monthly, fixed by the first order of Baltic IT')).toBeVisible()
  await shoot(page, 'buy-locked')
  await page.getByRole('button', { name: 'Cancel' }).click()

  await page
    .getByRole('link', { name: /25 Nov/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Withdraw order' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw order' }).click()
  await expect(page.getByRole('note')).toContainText('its licenses have ended')
  await expect(page.getByRole('button', { name: 'Withdraw order' })).toHaveCount(0)
  await page.goto(`${server.url}/t/${reseller}/details`)
  await expect(page.getByRole('region', { name: 'Ordering' })).toContainText('Monthly')
  await shoot(page, 'details')
})

import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { pick, send } from './act.ts'
import { expectAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

// The license grid of R-LIC-6 and what fills it: the pool, the registers of holders, assigning and releasing.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

type Sold = { reseller: string; customer: string; offers: string[] }

/** A reseller with one customer, to whom two editions of browser security are sold. */
async function sell(page: Page): Promise<Sold> {
  const me = await (await page.request.get(`${server.url}/v1/me`)).json()
  const post = (path: string, body: unknown) => send(page, server, 'post', path, { body })
  const tenant = async (name: string, parentId: string, level: string) =>
    (
      await post('/v1/tenants', {
        ...{ name, parent_id: parentId, level, device_country: 'DE', service_type: 'all_inclusive' },
      })
    ).id
  const reseller = await tenant('Baltic IT', me.tenant.id, 'reseller')
  const customer = await tenant('Harbor Clinic', reseller, 'end_customer')
  const list = await post('/v1/price-lists', { currency: 'EUR' })
  const offers: string[] = []
  for (const [edition, rank] of [
    ['Core', 1],
    ['Core+', 2],
    ['Ultra', 3],
  ] as const) {
    const offer = await post('/v1/offers', {
      ...{ product: 'Browser Security', edition, rank, unit: 'user', charge_model: 'committed' },
      terms: [{ code: 'monthly', name: 'Month to month', months: 1 }],
    })
    await post(`/v1/price-lists/${list.id}/prices`, {
      ...{ offer_id: offer.id, term: 'monthly', unit_price: { amount: '4.90', currency: 'EUR' } },
    })
    await send(page, server, 'put', `/v1/tenants/${reseller}/offers/${offer.id}`)
    offers.push(offer.id)
  }
  return { reseller, customer, offers }
}

/** Orders licenses of an offer for the reseller; the vendor's user may purchase. */
async function order(page: Page, buyerId: string, offerId: string, quantity: number): Promise<void> {
  const me = await (await page.request.get(`${server.url}/v1/me`)).json()
  const own = await (await page.request.get(`${server.url}/v1/users?limit=1`)).json()
  const change = { body: { may_purchase: true }, version: own.data[0].version }
  await send(page, server, 'patch', `/v1/users/${me.user.id}`, change)
  const terms = await send(page, server, 'post', '/v1/terms-versions', { body: { text: 'For the term ordered.' } })
  await send(page, server, 'post', '/v1/orders', {
    body: {
      ...{ buyer_id: buyerId, payment_mode: 'monthly', terms_version: terms.number },
      lines: [{ offer_id: offerId, term: 'monthly', quantity }],
    },
  })
}

/** Adds a subscriber in the register that is open. */
async function addSubscriber(page: Page, name: string, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Add subscriber' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('row', { name: new RegExp(name) }).waitFor()
}

test('licenses are tried, assigned, filtered and released in the grid', async ({ page }) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('link', { name: 'Details', exact: true }).waitFor()
  const { reseller, customer, offers } = await sell(page)

  await page.goto(`${server.url}/t/${customer}/holders`)
  await page.getByText('No subscriber here yet').waitFor()
  await addSubscriber(page, 'Ada Lovelace', 'ada@harbor.example')
  await addSubscriber(page, 'Grace Hopper', 'grace@harbor.example')
  await page.getByRole('button', { name: 'Add subscriber' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada again')
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ADA@harbor.example')
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await expectAccessible(page)

  await page.goto(`${server.url}/t/${reseller}/pool`)
  await page.getByText('This pool has no licenses').waitFor()
  await page.getByRole('button', { name: 'Try a type' }).click()
  await pick(page, 'Type', /Core\+/)
  await page.getByRole('button', { name: 'Add to the pool' }).click()
  await page.getByRole('row', { name: 'Browser Security Core+ 5 0 5 0 5 0 0' }).waitFor()
  await expectAccessible(page)

  await go(page, 'Licenses')
  await expect(page.getByRole('row', { name: /Core/ }).first()).toContainText(
    'You have not purchased licenses of this type',
  )
  // The only type that has licenses is open from the start.
  await page.getByRole('button', { name: 'Unassigned' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Assign', exact: true }).click()
  await page.getByRole('combobox', { name: 'Subscriber' }).fill('ada')
  await page.getByRole('option', { name: /Ada Lovelace/ }).click()
  await page.getByRole('dialog', { name: 'Assign the license' }).getByRole('button', { name: 'Assign' }).click()
  await page.getByText('Assigned to Ada Lovelace').first().waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('row', { name: /Ada Lovelace.*Harbor Clinic.*Assigned.*Trial/ })).toBeVisible()
  await expect(page.getByText('1 in use')).toBeVisible()

  await page.getByRole('radiogroup', { name: 'Kind' }).getByText('Trial').click()
  await expect(page.getByRole('combobox', { name: 'Use' })).toBeDisabled()
  await page.getByRole('radiogroup', { name: 'Kind' }).getByText('Commercial').click()
  await expect(page.getByText('None fits these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByRole('textbox', { name: 'Holder or company' }).fill('lovelace')
  await expect(page.getByText('1 license', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()

  await page.getByRole('checkbox', { name: 'Select the license of Ada Lovelace' }).check()
  await page.getByRole('button', { name: 'Release' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
  await page.getByText('1 license changed').waitFor()
  await expect(page.getByText('0 in use')).toBeVisible()

  // A long type: its last license is as near as its first, and an act reaches those that were never loaded.
  await order(page, reseller, offers[2] ?? '', 1500)
  await page.reload()
  await page.getByRole('button', { name: 'Browser Security Ultra' }).click()
  const grid = page.getByRole('table', { name: 'Licenses' })
  await expect(grid.getByRole('row', { name: /Unassigned/ }).first()).toBeVisible()
  await page.getByRole('region', { name: 'Rows', exact: true }).focus()
  await page.keyboard.press('End')
  // Below the names of the columns stand three heads of types and all licenses.
  const lastRow = grid.locator('[aria-rowindex="1504"]')
  await expect(lastRow).toContainText('Unassigned')
  await expect(grid.locator('[data-waiting]')).toHaveCount(0)
  expect(await grid.getByRole('row').count()).toBeLessThan(60)
  await page.keyboard.press('Home')
  await page.getByRole('checkbox', { name: 'Select all licenses of Browser Security Ultra' }).check()
  await expect(page.getByText('1,500 licenses selected')).toBeVisible()
  await page.getByRole('button', { name: 'Auto-renew off' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click()
  await page.getByText('1,500 licenses changed').waitFor()
  await pick(page, 'Auto-renew', 'No auto-renew')
  await expect(page.getByText(/^1,500 licenses ·/)).toBeVisible()
  await expectAccessible(page)
})

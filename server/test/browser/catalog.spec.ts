import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { pick } from './act.ts'
import { expectAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

// The catalog and the price lists as the vendor keeps them: an offer with terms, tiers with live amounts, a change from a day on.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(async () => {
  await server.stop()
})

async function createEdition(page: Page, edition: string): Promise<void> {
  await page.getByRole('button', { name: 'Create offer' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Product' }).fill('Harbor Backup')
  await dialog.getByLabel('Edition', { exact: true }).fill(edition)
  await pick(page, 'Charge model', 'Committed')
  await dialog.getByRole('checkbox', { name: '1 year' }).check()
  await dialog.getByRole('checkbox', { name: '3 years' }).check()
  await dialog.getByLabel('Trial, days').fill('15')
  await dialog.getByRole('button', { name: 'Create offer' }).click()
  await expect(dialog).toBeHidden()
}

test('two editions are compared, and one is priced in tiers', async ({ page }) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  await go(page, 'Offers & prices')
  await createEdition(page, 'Core')
  await createEdition(page, 'Core+')
  const editions = page.getByRole('table', { name: 'Editions of Harbor Backup' })
  await expect(editions.getByRole('columnheader', { name: /Core\+ ?Committed, per device/ })).toBeVisible()
  await expect(editions.getByRole('row', { name: /Sold for/ })).toContainText('1 year, 3 years')
  await expect(editions.getByRole('row', { name: /Trial/ })).toContainText('15 days')
  const fit = page.getByRole('button', { name: 'SQL Server, Linux, monthly' })
  await expect(fit).toHaveAttribute('aria-pressed', 'false')
  await fit.click()
  await expect(fit).toHaveAttribute('aria-pressed', 'true')
  await expectAccessible(page)

  await editions.getByRole('button', { name: 'Core', exact: true }).click()
  await page.getByRole('button', { name: 'Withdraw from sale' }).click()
  await page.getByRole('button', { name: 'Sell again' }).waitFor()
  await page.getByRole('button', { name: 'Sell again' }).click()
  await page.getByRole('button', { name: 'Withdraw from sale' }).waitFor()
  await page.keyboard.press('Escape')

  await go(page, 'Price lists')
  await page.getByRole('button', { name: 'Create price list' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Create price list' }).click()
  await page.getByRole('button', { name: 'Add price' }).click()
  const dialog = page.getByRole('dialog')
  await pick(page, 'Offer', 'Harbor Backup Core+')
  await dialog.getByText('Graduated', { exact: true }).click()
  await dialog.getByLabel('Tier 1 up to').fill('10')
  await dialog.getByLabel('Tier 1 price per unit').fill('5')
  await dialog.getByLabel('Tier 2 price per unit').fill('4.25')
  await expect(dialog.getByRole('region', { name: 'Examples' })).toContainText('€54.25')
  await dialog.getByRole('button', { name: 'Add price' }).click()
  await expect(dialog).toBeHidden()
  const prices = page.getByRole('table', { name: 'Default prices' })
  await expect(prices.getByRole('row', { name: /Core\+/ })).toContainText('€5.00 to €4.25')
  await page.getByLabel('Amounts for').fill('11')
  await expect(prices.getByRole('row', { name: /Core\+/ })).toContainText('€54.25')

  await prices.getByRole('button', { name: 'Core+' }).click()
  await page.getByRole('button', { name: 'Change from a day on' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: 'Add price' }).click()
  await expect(page.getByText('A price from that date exists already')).toBeVisible()
  await expectAccessible(page)
})

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, expect, type Page, test } from '@playwright/test'
import { type RunningServer, runProgram, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

// A machine's month as people see it: every step is a click in the console, but for the agent, which is the real one.
let server: RunningServer
let folder: string
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-browser-'))
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const steps = [
  { level: 'Distributor', name: 'Contoso Distribution', price: '4.10' },
  { level: 'Sub-distributor', name: 'Summit Nordics', price: '4.90' },
  { level: 'Reseller', name: 'Northwind Digital', price: '5.80' },
  { level: 'End customer', name: 'Blue Harbor Legal', price: '8.50' },
] as const

const product = 'Backup Server'

/** Back to one's own tenant. */
const goHome = (page: Page) => page.getByRole('tree', { name: 'Tenants' }).getByRole('treeitem').first().click()

/** Opens a single-use link as a person with a browser of their own, who sets a password. */
async function arrive(browser: Browser, link: string, password: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  await page.goto(link)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return page
}

async function pick(page: Page, label: string | RegExp, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).first().click()
}

async function fillCompany(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Legal name' }).fill(`${name} GmbH`)
  await page.getByRole('textbox', { name: 'Street' }).fill('Hafenstraße 12')
  await page.getByRole('textbox', { name: 'Postal code' }).fill('20457')
  await page.getByRole('textbox', { name: 'City' }).fill('Hamburg')
  await pick(page, /^Country/, 'Germany')
}

async function addTenant(page: Page, step: (typeof steps)[number]): Promise<void> {
  await goHome(page)
  await go(page, 'Tenants')
  await page.getByRole('link', { name: 'Add', exact: true }).first().click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(step.name)
  if (step.level !== 'End customer') await pick(page, 'Level', step.level)
  await pick(page, 'Device country', 'Germany')
  await expect(page.getByLabel('Storage location')).toHaveValue('Germany')
  await page.getByRole('button', { name: /Company data/ }).click()
  await fillCompany(page, step.name)
  await page.getByRole('button', { name: /^Add / }).last().click()
  await page.getByRole('heading', { name: step.name }).waitFor()
}

/** Asks a price of all buyers and lets the new child have the offer. */
async function sell(page: Page, step: (typeof steps)[number]): Promise<void> {
  await goHome(page)
  await go(page, 'Offers & prices')
  await go(page, 'Price lists')
  await page.getByRole('button', { name: 'Create price list' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Create price list' }).click()
  await page.getByRole('button', { name: 'Add price' }).click()
  await pick(page, 'Offer', product)
  await page.getByRole('textbox', { name: /Price per unit/ }).fill(step.price)
  await page.getByRole('dialog').getByRole('button', { name: 'Add price' }).click()
  await page.getByText(`€${step.price}`).first().waitFor()
  await openTenant(page, step.name)
  await pick(page, 'Offer to enable', product)
  await page.getByRole('button', { name: 'Enable' }).click()
  await expect(page.getByText(`€${step.price}`)).toBeVisible()
}

async function openTenant(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /tenant or a page/ }).fill(name)
  await page.getByRole('option', { name }).first().click()
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByText(name).waitFor()
  await go(page, 'Details')
  await page.getByRole('heading', { name }).waitFor()
}

/** Invites a superuser of the tenant on the page; answers the link that is shown once. */
async function invite(page: Page, step: (typeof steps)[number]): Promise<string> {
  await page.getByRole('button', { name: 'Invite user' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Head of ${step.name}`)
  await page
    .getByRole('textbox', { name: 'E-mail' })
    .fill(`${step.level.toLowerCase().replace(' ', '-')}@people.example`)
  await pick(page, 'Role', 'Superuser')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByText(/is invited/).waitFor()
  const link = await page
    .getByText(/\/sign-in\/link\?token=/)
    .first()
    .textContent()
  await page.getByRole('button', { name: 'Done' }).click()
  return link?.trim() ?? ''
}

async function moveClock(page: Page): Promise<void> {
  await page.getByRole('button', { name: /clock/i }).click()
  await page.getByRole('button', { name: /^To 1 / }).click()
  await page.getByText(/The clock stands/).waitFor()
  await page.keyboard.press('Escape')
}

test("a machine's month, from enrolment to invoice, in the console", async ({ browser }) => {
  const people = [
    await arrive(browser, `${server.url}/sign-in/link?token=${server.link}`, 'a vendor password of length'),
  ]
  const vendor = people[0]!
  await expectAccessible(vendor)
  await go(vendor, 'Details')
  await vendor.getByRole('button', { name: 'Edit the company data' }).click()
  await fillCompany(vendor, 'Northstar')
  await vendor.getByRole('button', { name: 'Save' }).click()
  await vendor.getByText('Saved.').first().waitFor()

  await go(vendor, 'Offers & prices')
  await vendor.getByRole('button', { name: 'Create offer' }).click()
  await vendor.getByRole('combobox', { name: 'Product' }).fill(product)
  await vendor.getByRole('textbox', { name: 'Edition' }).fill('Standard')
  await vendor.getByRole('dialog').getByRole('button', { name: 'Create offer' }).click()
  await vendor.getByText(product).first().waitFor()

  for (const step of steps) {
    const seller = people.at(-1)!
    await addTenant(seller, step)
    await sell(seller, step)
    await expectAccessible(seller)
    people.push(await arrive(browser, await invite(seller, step), `a password for ${step.name}`))
  }
  const [, distributor, subDistributor, reseller, customer] = people as [Page, Page, Page, Page, Page]

  await openTenant(reseller, 'Blue Harbor Legal')
  await pick(reseller, 'Offer to subscribe to', product)
  await reseller
    .getByRole('region', { name: 'Subscriptions' })
    .getByRole('button', { name: 'Add', exact: true })
    .click()
  await reseller.getByRole('button', { name: 'Create install token' }).click()
  const command = await reseller
    .getByText(/tenantree-agent enroll/)
    .first()
    .textContent()
  const [, token = ''] = /--token (\S+)/.exec(command ?? '') ?? []
  const agent = (...words: string[]) =>
    runProgram('agent/bin/tenantree-agent.mjs', [...words, '--state-dir', join(folder, 'agent')])
  expect(await agent('enroll', '--server', server.url, '--token', token)).toMatchObject({ code: 0 })
  expect(await agent('run', '--once')).toMatchObject({ code: 0 })

  await go(customer, 'Devices')
  await customer.getByText(hostname(), { exact: true }).first().waitFor()
  await go(customer, 'Usage')
  await customer.getByText(hostname(), { exact: true }).first().waitFor()
  await expectAccessible(customer)

  await moveClock(vendor)
  for (const [index, seller] of [vendor, distributor, subDistributor, reseller].entries()) {
    await go(seller, 'Invoices')
    await seller.getByText('Issued', { exact: true }).first().click()
    await seller.getByRole('link', { name: /^INV-/ }).first().click()
    await expect(seller.getByText(`€${steps[index]?.price}`).first()).toBeVisible()
    const [pdf] = await Promise.all([
      seller.waitForEvent('download'),
      seller.getByRole('link', { name: 'Download PDF' }).click(),
    ])
    expect((await readFile(await pdf.path())).subarray(0, 5).toString()).toBe('%PDF-')
    const [xlsx] = await Promise.all([
      seller.waitForEvent('download'),
      seller.getByRole('link', { name: 'Download Excel' }).click(),
    ])
    expect((await readFile(await xlsx.path())).subarray(0, 2).toString()).toBe('PK')
  }
  await expectAccessible(reseller)
})

import { expect, type Page, test } from '@playwright/test'
import { generateSync } from 'otplib'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

// People and their ways in: a user invited, edited and removed, a second factor, an API key.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

const password = 'a vendor password of length'

async function pick(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Sets up an authenticator; answers its secret. */
async function setUpSecondFactor(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Your account' }).click()
  await page.getByRole('menuitem', { name: 'Account and security' }).click()
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  const secret = (await page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? ''
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Code' }).fill(generateSync({ secret }))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('Recovery codes left').waitFor()
  await expectAccessible(page)
  return secret
}

test('users, a second factor and an API key, in the console', async ({ page }) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set password' }).click()

  await go(page, 'Users')
  await page.getByRole('button', { name: 'Invite user' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Grace Hopper')
  await page.getByRole('textbox', { name: 'E-mail' }).fill('grace@people.example')
  await pick(page, 'Role', 'Manager')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Grace Hopper' }).click()
  await pick(page, 'Role', 'Operator')
  await page.getByRole('checkbox', { name: /Security officer/ }).check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /Grace Hopper.*Operator/ }).waitFor()
  await page.getByRole('button', { name: 'Grace Hopper' }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog', { name: 'Remove Grace Hopper' }).getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('row', { name: /Grace Hopper/ })).toHaveCount(0)

  await go(page, 'Roles')
  await page.getByRole('table', { name: 'Roles' }).waitFor()
  await expectAccessible(page)

  await go(page, 'API keys')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Ledger')
  await pick(page, 'Role', 'Manager')
  await page.getByRole('checkbox', { name: 'Create tenants' }).check()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const key = await page.getByRole('dialog').getByText(/^ttk_/).textContent()
  await page.getByRole('button', { name: 'Done' }).click()
  const asKey = () => fetch(`${server.url}/v1/tenants`, { headers: { authorization: `Bearer ${key}` } })
  expect((await asKey()).status).toBe(200)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('The key is revoked.').waitFor()
  expect((await asKey()).status).toBe(401)

  const secret = await setUpSecondFactor(page)
  await page.getByRole('button', { name: 'Your account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('operator@localhost')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expectAccessible(page)
  // The code of this half minute is used up; that of the next is taken too, since phones are not exact.
  await page.getByRole('textbox', { name: 'Code' }).fill(generateSync({ secret, epoch: Date.now() / 1000 + 30 }))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})

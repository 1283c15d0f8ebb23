import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'

// A tenant's life as people see it: moved, inactivated, deleted, restored; and many tenants out of a file.
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

async function addTenant(page: Page, parentId: string, level: string, name: string): Promise<string> {
  const data = { parent_id: parentId, level, name, service_type: 'all_inclusive', device_country: 'DE' }
  const answer = await page.request.post(`${server.url}/v1/tenants`, { data })
  expect(answer.status()).toBe(201)
  return (await answer.json()).id
}

async function act(page: Page, action: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('a tenant is moved, inactivated, deleted and restored', async ({ page }) => {
  const vendorId = await signIn(page)
  const contoso = await addTenant(page, vendorId, 'distributor', 'Contoso Distribution')
  await addTenant(page, vendorId, 'distributor', 'Iberia Distribution')
  const reseller = await addTenant(page, contoso, 'reseller', 'Northwind Digital')
  await addTenant(page, reseller, 'end_customer', 'Blue Harbor Legal')
  await page.goto(`${server.url}/t/${reseller}/details`)

  await act(page, 'Move to another parent')
  await page.getByRole('combobox', { name: 'New parent' }).fill('iberia')
  await page.getByRole('option', { name: /Iberia Distribution/ }).click()
  await expect(page.getByText('No longer seen by Contoso Distribution.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(page.getByText('Northwind Digital is moved.')).toBeVisible()
  await expect(page.getByRole('navigation', { name: /path|you are/i }).or(page.locator('main'))).toContainText(
    'Iberia Distribution',
  )

  await act(page, 'Inactivate')
  await page.getByRole('button', { name: 'Inactivate' }).click()
  await expect(page.getByText(/since/)).toBeVisible()
  await act(page, 'Delete')
  await page.getByRole('textbox', { name: 'Type its name to confirm' }).fill('Northwind')
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('The name does not match').first()).toBeVisible()
  await page.getByRole('textbox', { name: 'Type its name to confirm' }).fill('Northwind Digital')
  await page.getByRole('checkbox', { name: /With everything below/ }).check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText(/until it is erased on/)).toBeVisible()
  await act(page, 'Restore')
  await page.getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('Northwind Digital is back, inactive.')).toBeVisible()

  await page.goto(`${server.url}/t/${vendorId}/tenants`)
  await page.getByRole('link', { name: 'Import' }).click()
  const titles = 'name,parent,level,service_type,device_country\n'
  const file = page.getByRole('textbox', { name: 'Or its text' })
  await file.fill(`${titles}Fourth,,distributor,all_inclusive,DE\nFifth,,distributor,all_inclusive,XX`)
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('table', { name: 'Errors' }).getByRole('row').nth(1)).toContainText('device_country')
  await expectAccessible(page)
  await file.fill(`${titles}Fourth,,distributor,all_inclusive,DE\nFifth,,distributor,all_inclusive,FR`)
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('status')).toContainText('2 tenants can be created')
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByText('2 tenants created.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Fifth' }).first()).toBeVisible()
})

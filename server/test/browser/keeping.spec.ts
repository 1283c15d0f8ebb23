import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'

let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(() => server.stop())

/** In the name of the page's own session. */
async function post(page: Page, path: string, data: object) {
  // The clock closes every month on its way through the years.
  const options = { data, headers: { origin: server.url }, timeout: 120_000 }
  const answer = await page.request.post(`${server.url}${path}`, options)
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

test('the vendor sees what goes when, sets how long it is kept, and the audit log is filtered by who did it', async ({
  page,
}) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const { tenant } = await (await page.request.get(`${server.url}/v1/me`)).json()
  await page.goto(`${server.url}/t/${tenant.id}/users`)
  await page.getByRole('row').nth(1).click()
  await expect(page.getByRole('table', { name: 'Latest sign-ins' })).toContainText('127.0.0.1')
  await expectAccessible(page)

  await post(page, '/v1/test-clock', { to: '2030-01-05T10:00:00Z', frozen: true })
  const body = { tenant_id: tenant.id, email: 'ada@people.example', name: 'Ada Gone', role: 'supporter' }
  const { user } = await post(page, '/v1/users', body)
  await page.request.delete(`${server.url}/v1/users/${user.id}`, { headers: { origin: server.url } })
  await post(page, '/v1/test-clock', { to: '2030-03-20T10:00:00Z', frozen: true })

  await page.goto(`${server.url}/t/${tenant.id}/keeping`)
  const row = page.getByRole('row', { name: /Removed users/ })
  await expect(row).toContainText('90 days')
  await expect(row).toContainText('6 Apr 2030')
  await expectAccessible(page)
  await row.getByRole('button', { name: 'Removed users', exact: true }).click()
  await expect(page.getByRole('table', { name: 'What goes when' })).toContainText('Ada Gone')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Close' }).click()

  const change = async (title: string, count: string) => {
    await page.getByRole('button', { name: `Change how long: ${title}` }).click()
    await page.getByRole('dialog').getByRole('textbox').fill(count)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  }
  await change('Invoices with their evidence', '9')
  await expect(page.getByRole('dialog')).toContainText('At least 10 years')
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await change('Removed users', '60')
  await expect(row).toContainText('60 days, usually 90 days')
  await post(page, '/v1/test-clock', { to: '2030-03-21T00:00:00Z', frozen: true })
  await page.reload()
  await expect(row.getByRole('cell').nth(2)).toHaveText('0')

  await page.goto(`${server.url}/t/${tenant.id}/audit`)
  await page.getByRole('combobox', { name: 'What was done' }).click()
  await page.getByRole('option', { name: 'Records erased', exact: true }).click()
  await page.getByRole('button', { name: 'Records erased' }).first().click()
  await expect(page.getByRole('table', { name: 'What changed' })).toContainText('removed_users')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('combobox', { name: 'What was done' }).fill('user removed')
  await page.getByRole('option', { name: 'User removed', exact: true }).click()
  await page.getByRole('combobox', { name: 'Who did it' }).click()
  await page.getByRole('option').first().click()
  await page.getByRole('button', { name: 'User removed' }).click()
  await expect(page.getByRole('table', { name: 'What changed' })).toContainText('erased')
  await expectAccessible(page)
})

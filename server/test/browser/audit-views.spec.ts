import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, runProgram, startServer } from '../running-server.ts'
import { expectAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

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

async function openViews(page: Page, item: string): Promise<void> {
  await page.getByTestId('views').click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

async function saveDownload(page: Page, start: () => Promise<void>, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), start()])
  const file = join(folder, name)
  await download.saveAs(file)
  return file
}

async function saveView(page: Page, name: string): Promise<void> {
  await openViews(page, 'Save as a new view')
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByTestId('views')).toHaveText(name)
}

const headers = (page: Page) => page.getByRole('columnheader').allTextContents()

test('a change is found in the audit, its export verifies offline, and views keep how a grid looks', async ({
  page,
}) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await go(page, 'Details')
  await page.getByRole('button', { name: 'Edit the company data' }).click()
  await page.getByRole('textbox', { name: 'Legal name' }).fill('Northstar GmbH')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Northstar GmbH').first().waitFor()
  await page.reload()
  await expect(page.getByRole('table', { name: 'Last changes' })).toContainText('Tenant updated')

  await go(page, 'Audit')
  await page.getByRole('combobox', { name: 'Kind of thing' }).click()
  await page.getByRole('option', { name: 'Tenant', exact: true }).click()
  await page.getByRole('button', { name: 'Tenant updated' }).first().click()
  await expect(page.getByRole('table', { name: 'What changed' })).toContainText('Northstar GmbH')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Close' }).click()

  const log = await saveDownload(page, () => go(page, 'Export all you may see'), 'audit.jsonl')
  const { key } = await (await page.request.get(`${server.url}/v1/audit-key`)).json()
  const verify = () => runProgram('cli/bin/tenantree.mjs', ['audit', 'verify', log, '--key', key])
  expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('Sound') })
  await writeFile(log, (await readFile(log, 'utf8')).replace('tenant.updated', 'tenant.deleted'))
  expect(await verify()).toMatchObject({ code: 1, stderr: expect.stringContaining('was changed after it was sealed') })

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'From' }).uncheck()
  await page.getByRole('button', { name: 'Move Who up' }).click()
  await page.keyboard.press('Escape')
  const arranged = await headers(page)
  expect(arranged.slice(0, 3)).toEqual(['When', 'What', 'Who'])
  expect(arranged).not.toContain('From')
  await saveView(page, 'Who changed tenants')
  await openViews(page, 'Usual view')
  expect(await headers(page)).toContain('From')
  await expect(page.getByRole('combobox', { name: 'Kind of thing' })).toHaveValue('')
  await page.reload()
  await openViews(page, 'Who changed tenants')
  expect(await headers(page)).toEqual(arranged)
  await expect(page.getByRole('combobox', { name: 'Kind of thing' })).toHaveValue('Tenant')

  const file = await saveDownload(page, () => openViews(page, 'Export as a file'), 'view.json')
  await openViews(page, 'Delete')
  await expect(page.getByTestId('views')).toHaveText('Views')
  await openViews(page, 'Import a file')
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('dialog').getByText('Choose a file').click(),
  ])
  await chooser.setFiles(file)
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
  await expect(page.getByTestId('views')).toHaveText('Who changed tenants')
  expect(await headers(page)).toEqual(arranged)
  await expectAccessible(page)

  for (const grid of ['Tenants', 'Devices', 'Usage', 'Invoices', 'Users']) {
    await go(page, grid)
    await page.getByRole('heading', { name: grid, level: 1 }).waitFor()
    await saveView(page, `My ${grid}`)
  }
})

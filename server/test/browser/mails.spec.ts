import { expect, type Page, test } from '@playwright/test'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible as expectSharedAccessible } from './expect-accessible.ts'
import { go } from './go.ts'

// Mail and branding as an administrator sees them: the mailbox of test mode, and how a partner shows itself.
let server: RunningServer
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
})
test.afterAll(async () => {
  await server.stop()
})

const expectAccessible = (page: Page) => expectSharedAccessible(page, (axe) => axe.exclude('iframe'))

const toScheme = (scheme: 'light' | 'dark') =>
  `document.documentElement.setAttribute('data-mantine-color-scheme', '${scheme}')`

/** To look at by eye: SCREENSHOTS=folder. */
async function show(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  for (const scheme of ['light', 'dark'] as const)
    for (const width of [1440, 1024]) {
      await page.setViewportSize({ width, height: width === 1440 ? 900 : 768 })
      await page.evaluate(toScheme(scheme))
      await page.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png` })
    }
  await page.evaluate(toScheme('light'))
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('an invitation lies in the mailbox, in the branding that was set', async ({ page }) => {
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill('a vendor password of length')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  await go(page, 'Settings')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Harbor Cloud')
  await page.getByRole('textbox', { name: 'Color', exact: true }).fill('#facc15')
  await page.getByRole('textbox', { name: 'Sender name' }).fill('Harbor Cloud Service')
  await page.getByRole('region', { name: 'Branding' }).getByRole('button', { name: 'Save' }).click()
  await page.getByText('Its contrast is').waitFor()
  await page.getByRole('textbox', { name: 'Color', exact: true }).fill('#1d4ed8')
  await page.getByRole('region', { name: 'Branding' }).getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await expect(page.getByRole('banner').getByText('Harbor Cloud')).toBeVisible()
  const preview = page.frameLocator('iframe[title="Preview of the mail"]')
  await expect(preview.getByRole('link', { name: 'Sign in and set a password' })).toHaveCSS(
    'background-color',
    'rgb(29, 78, 216)',
  )
  await expectAccessible(page)
  await show(page, 'settings')

  await go(page, 'Users')
  await page.getByRole('button', { name: 'Invite user' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada Lovelace')
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@people.example')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByText(/is invited/).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()

  await go(page, 'Mails')
  await page.getByRole('heading', { name: 'Mailbox' }).waitFor()
  await show(page, 'mailbox')
  await expectAccessible(page)
  await page.getByText('Your access to Vendor').click()
  const mail = page.frameLocator('iframe[title="Mail: Your access to Vendor"]')
  await expect(mail.getByText('Hello Ada Lovelace,')).toBeVisible()
  await show(page, 'mail')
  await expectAccessible(page)
  await page.getByRole('tab', { name: 'Text' }).click()
  await expect(page.getByText('Harbor Cloud Service')).toBeVisible()
  const link = /http:\S+token=\S+/.exec((await page.locator('pre').textContent()) ?? '')?.[0] ?? ''
  await page.goto(link)
  await page.getByLabel('New password').waitFor()
})

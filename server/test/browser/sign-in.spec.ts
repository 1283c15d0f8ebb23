import { expect, type Page, test } from '@playwright/test'
import { type IdentityProvider, openIdentityProvider } from '../identity-provider.ts'
import { type RunningServer, startServer } from '../running-server.ts'
import { expectAccessible as expectSharedAccessible } from './expect-accessible.ts'

// The ways in: a passkey, single sign-on by a real provider, a forgotten password.
let server: RunningServer
let provider: IdentityProvider
test.beforeAll(async () => {
  server = await startServer(['--empty'], { MODE: 'test' })
  provider = await openIdentityProvider({ redirectUri: `${server.url}/sign-in/callback` })
})
test.afterAll(async () => {
  await provider.stop()
  await server.stop()
})

const password = 'a vendor password of length'
const email = 'operator@localhost'

/** In the page itself: the frame of the mail preview runs no scripts, and the other mode waits for it. */
const expectAccessible = (page: Page) => expectSharedAccessible(page, (axe) => axe.setLegacyMode())

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Your account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
}
const expectInside = (page: Page) => page.getByRole('heading', { name: 'Overview' }).waitFor()

/** A device that has a finger on it whenever it is asked. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

test('a passkey, single sign-on and a forgotten password, in the console', async ({ page }) => {
  await addAuthenticator(page)
  await page.goto(`${server.url}/sign-in/link?token=${server.link}`)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expectInside(page)

  await page.goto(`${server.url}/account`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Work laptop')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('row', { name: /Work laptop.*Never/ }).waitFor()

  await signOut(page)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectInside(page)

  await page.goto(page.url().replace(/overview.*/, 'settings'))
  await page.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer)
  await page.getByRole('textbox', { name: 'Client id' }).fill(provider.clientId)
  await page.getByLabel('Client secret').fill(provider.clientSecret)
  const panel = page.getByRole('region', { name: 'Single sign-on' })
  await panel.getByRole('button', { name: 'Save' }).click()
  await panel.getByRole('button', { name: 'Check the connection' }).click()
  await page.getByText(`${provider.issuer} answers.`).waitFor()
  await expect(page.getByRole('switch', { name: 'Require single sign-on' })).toBeEnabled()
  await expectAccessible(page)

  await signOut(page)
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByText('Enter your address first').waitFor()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  provider.person = { subject: 'the operator', email, email_verified: true }
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await expectInside(page)

  await signOut(page)
  provider.person = { subject: 'a stranger', email: 'stranger@elsewhere.example', email_verified: true }
  await page.context().clearCookies()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByText('Your identity provider knows you, but you have no access here').waitFor()
  await page.getByRole('link', { name: 'Back to sign-in' }).click()

  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  // Until the page has loaded the one before stands there, with a field of the same name.
  await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('button', { name: 'Mail me a link' }).click()
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Back to sign-in' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expectInside(page)
  await page.goto(await resetLink(page))
  await page.getByLabel('New password').fill('quite another password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill('quite another password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expectInside(page)

  await signOut(page)
  await page.goto(server.url.replace('localhost', '127.0.0.1'))
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText(`open the console at ${server.url}`).waitFor()
})

/** The link of the mail, once it is there. */
async function resetLink(page: Page): Promise<string> {
  const read = async () => {
    const { data } = await (await page.request.get(`${server.url}/v1/mails`)).json()
    const mail = data.find(({ template }: { template: string }) => template === 'password_reset')
    if (mail === undefined) return ''
    const { text } = await (await page.request.get(`${server.url}/v1/mails/${mail.id}`)).json()
    return /\S+\/reset-password\?token=\S+/.exec(text)?.[0] ?? ''
  }
  await expect.poll(read).not.toBe('')
  return read()
}

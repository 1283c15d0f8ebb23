import { createTenantree, type Me, ProblemError, type Tenantree } from '@tenantree/sdk'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { storeToken } from '../credentials.ts'
import { askCode, askEmail, askPassword, readKey, readPassword } from '../secret.ts'
import { toLink } from '../server-url.ts'
import { type GlobalOptions, serverOf } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type LoginOptions = GlobalOptions & {
  email?: string
  passwordStdin?: boolean
  link?: string
  code?: string
  keyStdin?: boolean
}

const sessionCookie = /^tenantree_session=([^;]+)/

/** Signs in and gives the token, which the server hands out as a cookie only. */
async function takeToken(server: string, signIn: (api: Tenantree) => Promise<Me>) {
  const cookies: string[] = []
  const fetchAndKeep = async (request: Request) => {
    const response = await fetch(request)
    cookies.push(...response.headers.getSetCookie())
    return response
  }
  const me = await signIn(createTenantree({ baseUrl: server, fetch: fetchAndKeep }))
  const token = cookies.map((cookie) => cookie.match(sessionCookie)?.[1]).find((value) => value !== undefined)
  if (token === undefined) throw new CommandError(`${server} gave no session; is it a Tenantree server?`)
  return { me, token }
}

async function withPassword(terminal: Terminal, options: LoginOptions) {
  const email = options.email ?? (await askEmail(terminal))
  const password = await (options.passwordStdin ? readPassword(terminal) : askPassword(terminal))
  return (api: Tenantree) => api.signIn({ body: { email, password } })
}

/** Goes on with a code where the server asks for one. */
async function withCode(terminal: Terminal, options: LoginOptions, api: Tenantree, signIn: Promise<Me>): Promise<Me> {
  try {
    return await signIn
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'second_factor_required') throw error
    const code = options.code ?? (await askCode(terminal))
    return api.answerChallenge({ body: { challenge: String(error.params.challenge), code } })
  }
}

/** Keeps an API key as if it were a session, once the server has said whose it is. */
async function loginWithKey(terminal: Terminal, options: LoginOptions) {
  const server = serverOf(terminal, options)
  const token = await readKey(terminal)
  const key = await createTenantree({ baseUrl: server, token }).getCurrentApiKey()
  storeToken(terminal, server, token)
  if (options.json) say(terminal, JSON.stringify(key, null, 2))
  else say(terminal, printable(`Signed in to ${server} with the key ${key.name} of ${key.tenant_name}.`))
}

async function login(terminal: Terminal, options: LoginOptions) {
  if (options.keyStdin) return loginWithKey(terminal, options)
  const link = options.link === undefined ? null : toLink(options.link)
  const server = link?.server ?? serverOf(terminal, options)
  const signIn = link
    ? (api: Tenantree) => api.signInWithLink({ body: { token: link.token } })
    : await withPassword(terminal, options)

  const { me, token } = await takeToken(server, (api) => withCode(terminal, options, api, signIn(api)))

  storeToken(terminal, server, token)
  if (options.json) say(terminal, JSON.stringify(me, null, 2))
  else say(terminal, printable(`Signed in to ${server} as ${me.user.email} at ${me.tenant.name}.`))
}

export const addLogin = (program: Command, terminal: Terminal) =>
  program
    .command('login')
    .description('sign in and keep the session')
    .option('--email <address>', 'your e-mail address')
    .option('--password-stdin', 'read the password from standard input')
    .option('--code <code>', 'the code of your second factor, or a recovery code')
    .option('--link <url>', 'sign in with a one-time link instead')
    .option('--key-stdin', 'read an API key from standard input and use it instead')
    .action((_options: LoginOptions, command: Command) => login(terminal, command.optsWithGlobals()))

import { createTenantree, type Me, type Tenantree } from '@tenantree/sdk'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { storeToken } from '../credentials.ts'
import { askEmail, askPassword, readPassword } from '../secret.ts'
import { toLink } from '../server-url.ts'
import { type GlobalOptions, serverOf } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type LoginOptions = GlobalOptions & { email?: string; passwordStdin?: boolean; link?: string }

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

async function login(terminal: Terminal, options: LoginOptions) {
  const link = options.link === undefined ? null : toLink(options.link)
  const server = link?.server ?? serverOf(terminal, options)
  const signIn = link
    ? (api: Tenantree) => api.signInWithLink({ body: { token: link.token } })
    : await withPassword(terminal, options)

  const { me, token } = await takeToken(server, signIn)

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
    .option('--link <url>', 'sign in with a one-time link instead')
    .action((_options: LoginOptions, command: Command) => login(terminal, command.optsWithGlobals()))

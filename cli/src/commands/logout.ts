import { ProblemError } from '@tenantree/sdk'
import type { Command } from 'commander'
import { forgetToken } from '../credentials.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { remark, say, type Terminal } from '../terminal.ts'

/** Ends the session at the server and forgets it here, whatever the server says. */
async function logout(terminal: Terminal, options: GlobalOptions) {
  const { server, token, api } = openSession(terminal, options)
  try {
    // A key has no session: it is forgotten here and lives on until it is revoked.
    if (!token.startsWith('ttk_')) await api.signOut()
  } catch (error) {
    const wasOver = error instanceof ProblemError && error.code === 'unauthenticated'
    if (!wasOver) remark(terminal, `${server} did not confirm: the session is forgotten here and ends there by itself.`)
  } finally {
    forgetToken(terminal, server)
  }
  if (options.json) say(terminal, JSON.stringify({ server }))
  else say(terminal, `Signed out of ${server}.`)
}

export const addLogout = (program: Command, terminal: Terminal) =>
  program
    .command('logout')
    .description('end the session')
    .action((_options: GlobalOptions, command: Command) => logout(terminal, command.optsWithGlobals()))

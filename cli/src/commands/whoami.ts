import type { ApiKey } from '@tenantree/sdk'
import type { Command } from 'commander'
import { type GlobalOptions, openSession } from '../session.ts'
import { toList } from '../table.ts'
import { say, type Terminal } from '../terminal.ts'

async function whoami(terminal: Terminal, options: GlobalOptions) {
  const { server, token, api } = openSession(terminal, options)
  if (token.startsWith('ttk_')) return showKey(terminal, options, server, await api.getCurrentApiKey())
  const me = await api.getMe()
  if (options.json) return say(terminal, JSON.stringify(me, null, 2))
  const entries = [
    ['User', `${me.user.name} <${me.user.email}>`],
    ['Role', me.user.role],
    ['Tenant', `${me.tenant.name} (${me.tenant.level})`],
    ['Tenant id', me.tenant.id],
    ['Buys from', me.seller?.name ?? null],
    ['Server', server],
    ['Signed in until', me.session_expires_at],
  ] as const
  say(terminal, toList(entries))
}

function showKey(terminal: Terminal, { json }: GlobalOptions, server: string, key: ApiKey) {
  if (json) return say(terminal, JSON.stringify(key, null, 2))
  const entries = [
    ['API key', `${key.name} (${key.hint}...)`],
    ['Role', key.role],
    ['May', key.scopes.join(' ') || 'read'],
    ['Tenant', key.tenant_name],
    ['Tenant id', key.tenant_id],
    ['Server', server],
    ['Until', key.expires_at],
  ] as const
  say(terminal, toList(entries))
}

export const addWhoami = (program: Command, terminal: Terminal) =>
  program
    .command('whoami')
    .description('show who you are signed in as')
    .action((_options: GlobalOptions, command: Command) => whoami(terminal, command.optsWithGlobals()))

import { paginate, type User } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { roles } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

const columns: Column<User>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'E-MAIL', value: (row) => row.email },
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'ROLE', value: (row) => row.role },
  { title: 'MAY BUY', value: (row) => (row.may_purchase ? 'yes' : 'no') },
  { title: '2ND FACTOR', value: (row) => (row.second_factor ? 'yes' : 'no') },
  { title: 'STATE', value: (row) => row.state },
  { title: 'ID', value: (row) => row.id },
]

async function listUsers(terminal: Terminal, options: GlobalOptions & ListOptions & { tenant?: string }) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listUsers, query))
}

type InviteOptions = GlobalOptions & { tenant: string; email: string; name: string; role: User['role'] }

async function inviteUser(terminal: Terminal, options: InviteOptions) {
  const { api } = openSession(terminal, options)
  const { tenant, email, name, role } = options
  const invited = await api.createUser({ body: { tenant_id: tenant, email, name, role } })
  if (options.json) return say(terminal, JSON.stringify(invited, null, 2))
  say(terminal, printable(`Invited ${invited.user.email} as ${role}: ${invited.user.id}`))
  say(terminal, printable(`Signs in once until ${invited.sign_in_expires_at}: ${invited.sign_in_url}`))
}

async function removeUser(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  await api.removeUser({ path: { id } })
  say(terminal, options.json ? JSON.stringify({ id }) : printable(`Removed ${id}.`))
}

export function addUsers(program: Command, terminal: Terminal) {
  const users = program.command('users').description('who signs in at a tenant')
  const list = users
    .command('list')
    .description('list the users that you see')
    .option('--tenant <id>', 'only those of this tenant and below it')
    .action((_options: object, self: Command) => listUsers(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  users
    .command('invite')
    .description('invite a user; the link is shown once')
    .requiredOption('--tenant <id>', 'where the user will belong')
    .requiredOption('--email <address>', 'the e-mail address to sign in with')
    .requiredOption('--name <name>', 'the name of the user')
    .addOption(new Option('--role <role>', 'what the user may do').choices(roles).makeOptionMandatory())
    .action((_options: object, self: Command) => inviteUser(terminal, self.optsWithGlobals()))
  users
    .command('remove')
    .description('remove a user with all sessions and API keys')
    .argument('<id>', 'the id of the user')
    .action((id: string, _options: object, self: Command) => removeUser(terminal, id, self.optsWithGlobals()))
}

import { type ApiKey, type CreateApiKey, paginate } from '@tenantree/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { permissions, roles } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, remark, say, type Terminal } from '../terminal.ts'

const columns: Column<ApiKey>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'KEY', value: (row) => `${row.hint}...` },
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'ROLE', value: (row) => row.role },
  { title: 'MAY', value: (row) => row.scopes.join(' ') },
  { title: 'MADE BY', value: (row) => row.created_by },
  { title: 'ENDS', value: (row) => row.expires_at },
  { title: 'ID', value: (row) => row.id },
]

async function listApiKeys(terminal: Terminal, options: GlobalOptions & ListOptions & { tenant?: string }) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listApiKeys, query))
}

type CreateOptions = GlobalOptions & {
  tenant: string
  name: string
  role: CreateApiKey['role']
  may?: CreateApiKey['scopes']
  days: number
}

/** The key alone goes to standard output, so that it can be led into a file or another program. */
async function createApiKey(terminal: Terminal, options: CreateOptions) {
  const { api } = openSession(terminal, options)
  const { tenant, name, role, may = [], days } = options
  const body = { tenant_id: tenant, name, role, scopes: may, expires_in_days: days }
  const created = await api.createApiKey({ body })
  if (options.json) return say(terminal, JSON.stringify(created, null, 2))
  const { api_key: key } = created
  remark(terminal, printable(`Created ${key.name} for ${key.tenant_name}, until ${key.expires_at}: ${key.id}`))
  remark(terminal, 'The key is shown now and never again:')
  say(terminal, printable(created.secret))
}

async function revokeApiKey(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  await api.revokeApiKey({ path: { id } })
  say(terminal, options.json ? JSON.stringify({ id }) : printable(`Revoked ${id}.`))
}

const toDays = (text: string) => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new InvalidArgumentError('It has to be 1 to 365 days.')
  return days
}

export function addApiKeys(program: Command, terminal: Terminal) {
  const keys = program.command('api-keys').description('keys for programs')
  const list = keys
    .command('list')
    .description('list the API keys that you see')
    .option('--tenant <id>', 'only those of this tenant and below it')
    .action((_options: object, self: Command) => listApiKeys(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  keys
    .command('create')
    .description('make an API key; it is shown once')
    .requiredOption('--tenant <id>', 'the tenant that it acts for')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'not above your own').choices(roles).makeOptionMandatory())
    .addOption(new Option('--may <permissions...>', 'what it may do beside reading').choices(permissions))
    .addOption(new Option('--days <days>', 'how long it lives').argParser(toDays).default(90))
    .action((_options: object, self: Command) => createApiKey(terminal, self.optsWithGlobals()))
  keys
    .command('revoke')
    .description('end an API key at once')
    .argument('<id>', 'the id of the key')
    .action((id: string, _options: object, self: Command) => revokeApiKey(terminal, id, self.optsWithGlobals()))
}

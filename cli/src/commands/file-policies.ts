import { type CreateFilePolicy, type FilePolicy, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { say, type Terminal } from '../terminal.ts'

const columns: Column<FilePolicy>[] = [
  { title: 'NO.', value: (row) => row.position },
  { title: 'DIRECTION', value: (row) => row.direction },
  { title: 'WEB SITES', value: (row) => row.web_sites.join(' ') },
  { title: 'TYPES', value: (row) => row.mime_types.join(' ') },
  { title: 'ACTION', value: (row) => row.action },
  { title: 'APPLIED', value: (row) => (row.is_applied ? 'yes' : `no, without ${row.missing_features.join(' ')}`) },
  { title: 'ID', value: (row) => row.id },
]

type ListAll = GlobalOptions & ListOptions & { tenant: string }

async function listPolicies(terminal: Terminal, options: ListAll) {
  const { api } = openSession(terminal, options)
  const list = ({ query }: { query?: { cursor?: string; limit?: number } | undefined }) =>
    api.listFilePolicies({ path: { id: options.tenant }, query })
  await printRows(terminal, options, columns, paginate(list, { limit: pageSize(options) }))
}

type Add = GlobalOptions & {
  tenant: string
  direction: CreateFilePolicy['direction']
  action: CreateFilePolicy['action']
  sites: string[]
  types: string[]
}

async function addPolicy(terminal: Terminal, options: Add) {
  const { api } = openSession(terminal, options)
  const body = {
    direction: options.direction,
    action: options.action,
    web_sites: options.sites,
    mime_types: options.types,
  }
  const policy = await api.addFilePolicy({ path: { id: options.tenant }, body })
  say(terminal, options.json ? JSON.stringify(policy, null, 2) : `Added as number ${policy.position} (${policy.id}).`)
}

export function addFilePolicies(program: Command, terminal: Terminal): void {
  const policies = program
    .command('file-policies')
    .description('what may be uploaded and downloaded; the first that matches wins')
  const list = policies
    .command('list')
    .description('list the policies of an end customer in order')
    .requiredOption('--tenant <id>', 'the end customer')
    .action((_options: ListAll, self: Command) => listPolicies(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  policies
    .command('add')
    .description('add one, the last in order')
    .requiredOption('--tenant <id>', 'the end customer')
    .addOption(new Option('--direction <direction>', 'which way').choices(['upload', 'download']).makeOptionMandatory())
    .addOption(
      new Option('--action <action>', 'what happens').choices(['allow', 'block', 'sandbox']).makeOptionMandatory(),
    )
    .option('--sites <hosts...>', 'example.com, *.example.com or *', ['*'])
    .option('--types <types...>', 'application/pdf, image/* or */*', ['*/*'])
    .action((_options: Add, self: Command) => addPolicy(terminal, self.optsWithGlobals()))
  policies
    .command('remove')
    .description('remove one')
    .argument('<id>', 'the id that tenantree file-policies list shows')
    .action(async (id: string, _options: GlobalOptions, self: Command) => {
      await openSession(terminal, self.optsWithGlobals()).api.removeFilePolicy({ path: { id } })
      say(terminal, 'It is removed.')
    })
}

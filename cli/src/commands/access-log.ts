import { type Access, paginate } from '@tenantree/sdk'
import type { Command } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & ListOptions & { tenant?: string; actor?: string }

const columns: Column<Access>[] = [
  { title: 'AT', value: (row) => row.at },
  { title: 'WHO', value: (row) => row.actor.name ?? row.actor.id },
  { title: 'TENANT', value: (row) => row.tenant.name },
  { title: 'BY', value: (row) => row.how },
  { title: 'OUTCOME', value: (row) => (row.refused ? 'refused' : 'let in') },
  { title: 'FROM', value: (row) => row.address },
]

async function listAccesses(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, actor_id: options.actor, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listAccesses, query))
}

export const addAccessLog = (program: Command, terminal: Terminal) => {
  const command = program
    .command('access-log')
    .description('list sign-ins and uses of API keys, the latest first')
    .option('--tenant <id>', 'only at this tenant and everything below it')
    .option('--actor <id>', 'only of this user or API key')
    .action((_options: Options, self: Command) => listAccesses(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) command.addOption(option)
}

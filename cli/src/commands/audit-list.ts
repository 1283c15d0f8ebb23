import { type AuditEvent, paginate } from '@tenantree/sdk'
import type { Command } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions &
  ListOptions & { tenant?: string; action?: string; actor?: string; object?: string; from?: string; to?: string }

const columns: Column<AuditEvent>[] = [
  { title: 'AT', value: (row) => row.at },
  { title: 'ACTION', value: (row) => row.action },
  { title: 'TENANT', value: (row) => row.tenant?.name ?? null },
  { title: 'ACTOR', value: (row) => row.actor.name ?? row.actor.kind },
  { title: 'FROM', value: (row) => row.address },
  { title: 'OBJECT', value: (row) => row.object.kind },
  { title: 'OBJECT ID', value: (row) => row.object.id },
]

async function listAudit(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const { tenant, action, actor, object, from, to } = options
  const query = { under_id: tenant, action, actor_id: actor, object_id: object, from, to, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listAuditEvents, query))
}

export const addAuditList = (audit: Command, terminal: Terminal) => {
  const command = audit
    .command('list')
    .description('list what was changed, newest first')
    .option('--tenant <id>', 'only of this tenant and everything below it')
    .option('--action <begin>', 'only actions that begin so, such as user. or tenant.created')
    .option('--actor <id>', 'only what this user, device or key did')
    .option('--object <id>', 'only changes of this thing')
    .option('--from <instant>', 'at or after this moment, such as 2027-01-05T00:00:00Z')
    .option('--to <instant>', 'before this moment')
    .action((_options: Options, self: Command) => listAudit(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) command.addOption(option)
}

import { type ListTenantsData, paginate, type TenantRow } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { levels } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Filters = NonNullable<ListTenantsData['query']>
type Options = GlobalOptions & ListOptions & { under?: string; level?: Filters['level']; q?: string }

const columns: Column<TenantRow>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'LEVEL', value: (row) => row.level },
  { title: 'PARENT', value: (row) => row.parent_name },
  { title: 'STATE', value: (row) => row.state },
  { title: 'COUNTRY', value: (row) => row.device_country },
  { title: 'LOCATION', value: (row) => row.storage_location },
  { title: 'DEVICES', value: (row) => row.device_count },
  { title: 'ID', value: (row) => row.id },
]

async function listTenants(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const query = { under_id: options.under, level: options.level, q: options.q, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listTenants, query))
}

export const addTenantsList = (tenants: Command, terminal: Terminal) => {
  const command = tenants
    .command('list')
    .description('list the tenants that you see')
    .option('--under <id>', 'only those below this tenant, at any depth')
    .addOption(new Option('--level <level>', 'only of this level').choices(levels))
    .option('--q <text>', 'only those with this text in their name')
    .action((_options: Options, self: Command) => listTenants(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) command.addOption(option)
}

import { type Device, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { deviceStates } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & ListOptions & { tenant?: string; state?: Device['state'] }

const columns: Column<Device>[] = [
  { title: 'HOST', value: (row) => row.host_name },
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'STATE', value: (row) => row.state },
  { title: 'SYSTEM', value: (row) => `${row.os} ${row.os_version}` },
  { title: 'MACHINE', value: (row) => `${row.machine_kind} ${row.architecture}` },
  { title: 'LAST SEEN', value: (row) => row.last_seen_at },
  { title: 'ACTIVE DAYS', value: (row) => row.active_days_this_month },
  { title: 'ID', value: (row) => row.id },
]

async function listDevices(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, state: options.state, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listDevices, query))
}

export const addDevicesList = (devices: Command, terminal: Terminal) => {
  const command = devices
    .command('list')
    .description('list devices')
    .option('--tenant <id>', 'only those of this tenant and everything below it')
    .addOption(new Option('--state <state>', 'only in this state').choices(deviceStates))
    .action((_options: Options, self: Command) => listDevices(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) command.addOption(option)
}

import { paginate, type Trial } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

const columns: Column<Trial>[] = [
  { title: 'IN TRIAL', value: (row) => row.name },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'OFFER', value: (row) => row.offer && `${row.offer.product} ${row.offer.edition}` },
  { title: 'ENDS', value: (row) => row.ends_at },
  { title: 'THEN', value: (row) => row.at_end },
  { title: 'ID', value: (row) => row.id },
]
const kinds = ['customer', 'subscription', 'device', 'license'] as const

type ListAll = GlobalOptions & ListOptions & { tenant?: string; kind?: Trial['kind']; withinDays?: string }

async function listTrials(terminal: Terminal, options: ListAll) {
  const { api } = openSession(terminal, options)
  const days = options.withinDays === undefined ? undefined : Number(options.withinDays)
  const query = { tenant_id: options.tenant, kind: options.kind, within_days: days, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listTrials, query))
}

type Start = GlobalOptions & { device: string; offer: string }

async function startTrial(terminal: Terminal, options: Start) {
  const { api } = openSession(terminal, options)
  const trial = await api.startDeviceTrial({ path: { id: options.device }, body: { offer_id: options.offer } })
  say(terminal, options.json ? JSON.stringify(trial, null, 2) : `The trial runs until ${trial.ends_at}.`)
}

async function startProduction(terminal: Terminal, id: string, options: GlobalOptions) {
  const tenant = await openSession(terminal, options).api.startProduction({ path: { id } })
  const text = printable(`${tenant.name} is in production; today is charged.`)
  say(terminal, options.json ? JSON.stringify(tenant, null, 2) : text)
}

async function switchToPaid(terminal: Terminal, id: string, options: GlobalOptions) {
  const paid = await openSession(terminal, options).api.switchDeviceToPaid({ path: { id } })
  const text = paid.trial === null ? 'The device never was in trial.' : 'The device is paid.'
  say(terminal, options.json ? JSON.stringify(paid, null, 2) : text)
}

export function addTrials(program: Command, terminal: Terminal): void {
  const trials = program.command('trials').description('what is in trial, when it ends and how')
  const list = trials
    .command('list')
    .description('list what is in trial, what ends first first')
    .option('--tenant <id>', 'only at this tenant and everything below it')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(kinds))
    .option('--within-days <days>', 'only what ends in at most so many days')
    .action((_options: ListAll, self: Command) => listTrials(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  trials
    .command('start')
    .description('start a trial of an offer on a device')
    .requiredOption('--device <id>', 'the device')
    .requiredOption('--offer <id>', 'an offer that has a trial')
    .action((_options: Start, self: Command) => startTrial(terminal, self.optsWithGlobals()))
  trials
    .command('start-production')
    .description('take an end customer out of its trial into production')
    .argument('<id>', 'the end customer')
    .action((id: string, _options: GlobalOptions, self: Command) =>
      startProduction(terminal, id, self.optsWithGlobals()),
    )
  trials
    .command('switch-to-paid')
    .description('switch a device from trial to paid')
    .argument('<id>', 'the device')
    .action((id: string, _options: GlobalOptions, self: Command) => switchToPaid(terminal, id, self.optsWithGlobals()))
}

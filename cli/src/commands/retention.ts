import { type DueRecord, paginate, type Retention } from '@tenantree/sdk'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { type Column, toTable } from '../table.ts'
import { say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & { tenant?: string }
type DueOptions = Options & ListOptions
type DueQuery = { tenant_id?: string | undefined; cursor?: string | undefined; limit?: number | undefined }
type SetOptions = GlobalOptions & { keep: number }

const toText = ({ count, unit }: Retention['kept_for']) => `${count} ${count === 1 ? unit.slice(0, -1) : unit}`

const columns: Column<Retention>[] = [
  { title: 'KIND', value: (row) => row.kind },
  { title: 'WHAT', value: (row) => row.title },
  { title: 'KEPT FOR', value: (row) => toText(row.kept_for) },
  { title: 'GOES IN 30 DAYS', value: (row) => row.due_count },
  { title: 'THE NEXT ON', value: (row) => row.due[0]?.on ?? null },
]
const dueColumns: Column<DueRecord>[] = [
  { title: 'GOES ON', value: (row) => row.goes_on },
  { title: 'WHAT', value: (row) => row.name },
  { title: 'TENANT', value: (row) => row.tenant?.name ?? null },
  { title: 'SINCE', value: (row) => row.since },
  { title: 'ID', value: (row) => row.id },
]

async function listRetention(terminal: Terminal, { tenant, ...options }: Options) {
  const { api } = openSession(terminal, options)
  const { data } = await (tenant === undefined
    ? api.listRetention()
    : api.listTenantRetention({ path: { id: tenant } }))
  say(terminal, options.json ? JSON.stringify(data, null, 2) : toTable(columns, data))
}

async function listDue(terminal: Terminal, kind: string, options: DueOptions) {
  const { api } = openSession(terminal, options)
  const list = (asked: { query?: DueQuery | undefined }) => api.listDueRecords({ path: { kind }, query: asked.query })
  const query = { tenant_id: options.tenant, limit: pageSize(options) }
  await printRows(terminal, options, dueColumns, paginate(list, query))
}

async function setRetention(terminal: Terminal, kind: string, options: SetOptions) {
  const { api } = openSession(terminal, options)
  const current = (await api.listRetention()).data.find((row) => row.kind === kind)
  if (current === undefined) throw new CommandError(`there is no kind ${kind}; tenantree retention list shows them`)
  const headers = { 'if-match': `"${current.version}"` }
  const saved = await api.setRetention({ path: { kind }, headers, body: { count: options.keep } })
  say(terminal, options.json ? JSON.stringify(saved, null, 2) : `${saved.title}: kept for ${toText(saved.kept_for)}`)
}

const toCount = (text: string) => {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It has to be a whole number from 1.')
  return count
}

export const addRetention = (program: Command, terminal: Terminal) => {
  const retention = program.command('retention').description('how long records are kept, and what goes when')
  retention
    .command('list')
    .description('list the kinds of records, and how many of each go within 30 days')
    .option('--tenant <id>', 'only at this tenant and everything below it')
    .action((_options: Options, self: Command) => listRetention(terminal, self.optsWithGlobals()))
  const due = retention
    .command('due')
    .description('list the records of a kind that go within 30 days, the next first')
    .argument('<kind>', 'such as ended_devices')
    .option('--tenant <id>', 'only at this tenant and everything below it')
    .action((kind: string, _options: DueOptions, self: Command) => listDue(terminal, kind, self.optsWithGlobals()))
  for (const option of listOptions()) due.addOption(option)
  retention
    .command('set')
    .description('set how long a kind of record is kept (the vendor)')
    .argument('<kind>', 'such as ended_devices')
    .requiredOption('--keep <count>', 'in the unit of the kind: days, months or years', toCount)
    .action((kind: string, _options: SetOptions, self: Command) => setRetention(terminal, kind, self.optsWithGlobals()))
}

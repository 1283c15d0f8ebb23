import { type License, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { holderKinds, licenseKinds } from '../choices.ts'
import { CommandError } from '../command-error.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { type Column, toTable } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Filter = { tenant?: string; pool?: string; offer?: string; kind?: License['kind']; search?: string }
type ListedBy = GlobalOptions &
  ListOptions &
  Filter & { expired?: boolean; used?: boolean; unused?: boolean; autoRenewOnly?: boolean }

const columns: Column<License>[] = [
  { title: 'TYPE', value: ({ offer }) => `${offer.product} ${offer.edition}` },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'STATE', value: (row) => row.state },
  { title: 'COMPANY', value: (row) => row.company?.name },
  { title: 'HOLDER', value: (row) => row.holder?.name },
  { title: 'VALID UNTIL', value: (row) => row.valid_until },
  { title: 'RENEWS', value: (row) => row.next_renewal },
  { title: 'POOL', value: (row) => row.pool?.name },
  { title: 'ID', value: (row) => row.id },
]

function toQuery(options: ListedBy) {
  if (options.used && options.unused) throw new CommandError('a license is either used or unused; leave one out')
  return {
    tenant_id: options.tenant,
    pool_id: options.pool,
    offer_id: options.offer,
    kind: options.kind,
    q: options.search,
    validity: options.expired ? ('expired' as const) : ('all' as const),
    use: options.used ? ('used' as const) : options.unused ? ('unused' as const) : ('all' as const),
    auto_renew: options.autoRenewOnly ? ('true' as const) : undefined,
    limit: pageSize(options),
  }
}

async function listLicenses(terminal: Terminal, options: ListedBy) {
  const { api } = openSession(terminal, options)
  await printRows(terminal, options, columns, paginate(api.listLicenses, toQuery(options)))
}

type Holder = { kind: NonNullable<License['holder']>['kind']; id: string }
type AssignOptions = GlobalOptions & { to: string; license?: string; offer?: string; product?: string }

function toHolder(text: string): Holder {
  const [kind = '', id = ''] = text.split(':')
  const known = holderKinds.find((name) => name === kind)
  if (known === undefined || id === '')
    throw new CommandError(`--to is KIND:ID; the kinds are ${holderKinds.join(', ')}`)
  return { kind: known, id }
}

const toWanted = ({ offer, product }: AssignOptions) => ({
  ...(offer !== undefined && { offer_id: offer }),
  ...(product !== undefined && { product }),
})

async function assignLicense(terminal: Terminal, options: AssignOptions) {
  const { api } = openSession(terminal, options)
  const holder = toHolder(options.to)
  const to = { holder_kind: holder.kind, holder_id: holder.id }
  const named = [options.license, options.offer, options.product].filter((value) => value !== undefined)
  if (named.length !== 1) throw new CommandError('name one of --license, --offer and --product')
  const license =
    options.license === undefined
      ? await api.takeLicense({ body: { ...to, ...toWanted(options) } })
      : await api.assignLicense({ path: { id: options.license }, body: to })
  const { offer, holder: held } = license
  if (options.json) say(terminal, JSON.stringify(license, null, 2))
  else say(terminal, printable(`${held?.name ?? holder.id} has a license of ${offer.product} ${offer.edition}.`))
}

async function releaseLicenses(terminal: Terminal, ids: string[], options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  const { changed } = await api.actOnLicenses({ body: { action: 'release', ids } })
  say(terminal, options.json ? JSON.stringify({ changed }, null, 2) : `Released: ${changed}.`)
}

type MoveOptions = GlobalOptions & { to: string; from?: string; offer?: string; count?: string }

/** So many of a type, where no license is named. */
function toSome({ from, offer, count }: MoveOptions) {
  const quantity = Number(count)
  if (from === undefined || offer === undefined || !Number.isInteger(quantity))
    throw new CommandError('name licenses, or --from, --offer and --count')
  return { from_pool_id: from, offer_id: offer, quantity }
}

async function moveLicenses(terminal: Terminal, ids: string[], options: MoveOptions) {
  const { api } = openSession(terminal, options)
  const body = { pool_id: options.to, ...(ids.length > 0 ? { ids } : toSome(options)) }
  const { changed } = await api.moveLicenses({ body })
  say(terminal, options.json ? JSON.stringify({ changed }, null, 2) : `Moved: ${changed}.`)
}

async function showPool(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  const pool = await api.getPool({ path: { id } })
  if (options.json) return say(terminal, JSON.stringify(pool, null, 2))
  const table: Column<(typeof pool.rows)[number]>[] = [
    { title: 'TYPE', value: ({ offer }) => `${offer.product} ${offer.edition}` },
    { title: 'TOTAL', value: (row) => row.total },
    { title: 'ASSIGNED', value: (row) => row.assigned },
    { title: 'UNASSIGNED', value: (row) => row.unassigned },
    { title: 'SET ASIDE', value: (row) => row.set_aside },
    { title: 'TRIAL', value: (row) => row.trial },
    { title: 'EXPIRING', value: (row) => row.expiring },
  ]
  say(terminal, pool.rows.length === 0 ? 'The pool has no licenses.' : toTable(table, pool.rows))
}

export function addLicenses(program: Command, terminal: Terminal): void {
  const licenses = program.command('licenses').description('licenses, who holds them, and the pools they are in')
  const list = licenses
    .command('list')
    .description('list licenses')
    .option('--tenant <id>', 'only those of this company and everything below it')
    .option('--pool <id>', 'only those in the pool of this tenant')
    .option('--offer <id>', 'only of this type')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(licenseKinds))
    .option('--search <text>', 'part of the name of a holder or company')
    .option('--expired', 'only those that are over')
    .option('--used', 'only commercial ones that someone holds')
    .option('--unused', 'only commercial ones that nobody holds')
    .option('--auto-renew-only', 'only those that renew')
    .action((_options: ListedBy, self: Command) => listLicenses(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  licenses
    .command('assign')
    .description('give someone a license: one that is named, or a free one')
    .requiredOption('--to <kind:id>', 'whom, such as device:ID')
    .option('--license <id>', 'this license')
    .option('--offer <id>', 'a free one of this type')
    .option('--product <name>', 'a free one of the lowest edition that fits')
    .action((_options: AssignOptions, self: Command) => assignLicense(terminal, self.optsWithGlobals()))
  licenses
    .command('release')
    .description('take licenses from their holders, back to their pools; all or none')
    .argument('<ids...>', 'the ids that tenantree licenses list shows')
    .action((ids: string[], _options: GlobalOptions, self: Command) =>
      releaseLicenses(terminal, ids, self.optsWithGlobals()),
    )
  licenses
    .command('move')
    .description('put unassigned licenses into another pool of their owner')
    .argument('[ids...]', 'the ids that tenantree licenses list shows')
    .requiredOption('--to <id>', 'the tenant whose pool it is')
    .option('--from <id>', 'without ids: the pool that they are in')
    .option('--offer <id>', 'without ids: their type')
    .option('--count <number>', 'without ids: how many')
    .action((ids: string[], _options: MoveOptions, self: Command) =>
      moveLicenses(terminal, ids, self.optsWithGlobals()),
    )
  licenses
    .command('pool')
    .description('what the pool of a tenant has')
    .argument('<id>', 'the id that tenantree tenants list shows')
    .action((id: string, _options: GlobalOptions, self: Command) => showPool(terminal, id, self.optsWithGlobals()))
}

import { type CreateOffer, type ListOffersData, type Offer, paginate } from '@tenantree/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { chargeModels, licensedUnits, peakMetrics, trialEndPolicies } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Filters = NonNullable<ListOffersData['query']>
type Row = GlobalOptions & ListOptions & { model?: Filters['charge_model']; product?: string; onSale?: boolean }

const columns: Column<Offer>[] = [
  { title: 'PRODUCT', value: (row) => row.product },
  { title: 'EDITION', value: (row) => row.edition },
  { title: 'MODEL', value: (row) => row.charge_model },
  { title: 'UNIT', value: (row) => row.unit },
  { title: 'TERMS', value: (row) => row.terms.map(({ code }) => code).join(', ') },
  { title: 'TRIAL', value: (row) => (row.trial === null ? null : `${row.trial.days} days`) },
  { title: 'ON SALE', value: (row) => (row.withdrawn_at === null ? 'yes' : 'no') },
  { title: 'ID', value: (row) => row.id },
]

async function listOffers(terminal: Terminal, options: Row) {
  const { api } = openSession(terminal, options)
  const query = {
    charge_model: options.model,
    product: options.product,
    on_sale: options.onSale ? ('true' as const) : undefined,
    limit: pageSize(options),
  }
  await printRows(terminal, options, columns, paginate(api.listOffers, query))
}

const toText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(toText).join('; ')
  if (value === null || typeof value !== 'object') return String(value ?? '')
  return Object.entries(value)
    .map(([name, part]) => `${name} ${toText(part)}`)
    .join(', ')
}

async function showOffer(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  const offer = await api.getOffer({ path: { id } })
  if (options.json) return say(terminal, JSON.stringify(offer, null, 2))
  for (const [name, value] of Object.entries(offer)) say(terminal, printable(`${name.padEnd(16)} ${toText(value)}`))
}

type Term = NonNullable<CreateOffer['terms']>[number]
type Create = GlobalOptions & {
  product: string
  edition: string
  rank?: string
  unit: CreateOffer['unit']
  model: CreateOffer['charge_model']
  description?: string
  term?: Term[]
  trialDays?: string
  trialEnd?: NonNullable<NonNullable<CreateOffer['trial']>['end_policy']>
  feature?: string[]
  addOnOf?: string[]
  metric?: NonNullable<CreateOffer['metric']>
  machineEdition?: string
}

/** `annual=12` is a term of a year; its name is the code in words. */
function toTerm(text: string, former: Term[] = []): Term[] {
  const [, code, months] = /^([a-z][a-z0-9_]*)=([0-9]{1,3})$/.exec(text) ?? []
  if (code === undefined) throw new InvalidArgumentError('It has to be a code and months, such as annual=12.')
  const name = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')
  return [...former, { code, name, months: Number(months) }]
}

function toBody(options: Create): CreateOffer {
  const trial =
    options.trialDays === undefined
      ? null
      : { days: Number(options.trialDays), end_policy: options.trialEnd ?? 'convert' }
  return {
    product: options.product,
    edition: options.edition,
    unit: options.unit,
    charge_model: options.model,
    trial,
    terms: options.term ?? [],
    features: options.feature ?? [],
    add_on_of: (options.addOnOf ?? []).map((product) => ({ product, edition: null })),
    ...(options.rank !== undefined && { rank: Number(options.rank) }),
    ...(options.description !== undefined && { description: options.description }),
    ...(options.metric !== undefined && { metric: options.metric }),
    ...(options.machineEdition !== undefined && { machine_edition: options.machineEdition }),
  }
}

async function createOffer(terminal: Terminal, options: Create) {
  const { api } = openSession(terminal, options)
  const offer = await api.createOffer({ body: toBody(options) })
  if (options.json) say(terminal, JSON.stringify(offer, null, 2))
  else
    say(
      terminal,
      printable(`Created ${offer.product} ${offer.edition}, ${offer.charge_model} per ${offer.unit}: ${offer.id}`),
    )
}

async function enableOffer(terminal: Terminal, id: string, options: GlobalOptions & { for: string }) {
  const { api } = openSession(terminal, options)
  const { offer } = await api.enableOffer({ path: { id: options.for, offer_id: id } })
  say(terminal, printable(`Enabled: ${offer.product} ${offer.edition}`))
}

async function disableOffer(terminal: Terminal, id: string, options: GlobalOptions & { for: string }) {
  const { api } = openSession(terminal, options)
  await api.disableOffer({ path: { id: options.for, offer_id: id } })
  say(terminal, 'Taken away.')
}

export const addOffers = (program: Command, terminal: Terminal) => {
  const offers = program.command('offers').description('what can be sold, and to whom')
  const list = offers
    .command('list')
    .description('list the offers that you may sell or use')
    .option('--product <name>', 'only editions of this product')
    .addOption(new Option('--model <model>', 'only of this charge model').choices(chargeModels))
    .option('--on-sale', 'only what is still sold')
    .action((_options: Row, self: Command) => listOffers(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  offers
    .command('show <id>')
    .description('show an offer')
    .action((id: string, _options: unknown, self: Command) => showOffer(terminal, id, self.optsWithGlobals()))
  addCreate(offers, terminal)
  for (const [name, description, act] of [
    ['enable', 'let a direct customer sell or use an offer', enableOffer],
    ['disable', 'take an offer away from a direct customer that does not use it', disableOffer],
  ] as const) {
    offers
      .command(`${name} <id>`)
      .description(description)
      .requiredOption('--for <tenant>', 'the direct customer')
      .action((id: string, _options: unknown, self: Command) => act(terminal, id, self.optsWithGlobals()))
  }
}

const addCreate = (offers: Command, terminal: Terminal) =>
  offers
    .command('create')
    .description('add an offer to the catalog (vendor)')
    .requiredOption('--product <name>', 'the product')
    .requiredOption('--edition <name>', 'the edition')
    .addOption(new Option('--unit <unit>', 'what is charged').choices(licensedUnits).makeOptionMandatory())
    .addOption(new Option('--model <model>', 'how it is charged').choices(chargeModels).makeOptionMandatory())
    .option('--rank <number>', 'a higher edition has a higher rank')
    .option('--description <text>', 'what it is')
    .option('--term <code=months>', 'committed and prepaid: a term it is sold in; may be given again', toTerm)
    .option('--trial-days <days>', 'length of a trial')
    .addOption(new Option('--trial-end <policy>', 'what happens when a trial ends').choices(trialEndPolicies))
    .option('--feature <codes...>', 'features of the catalog')
    .option('--add-on-of <products...>', 'what it is bought beside')
    .addOption(new Option('--metric <metric>', 'peak: what is measured').choices(peakMetrics))
    .option('--machine-edition <code>', 'its row in the table of machines')
    .action((_options: Create, self: Command) => createOffer(terminal, self.optsWithGlobals()))

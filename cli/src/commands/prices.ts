import { type CreatePrice, type Margin, type Price, type PriceList, type PriceRate, paginate } from '@tenantree/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { paymentModes, serviceTypes } from '../choices.ts'
import { CommandError } from '../command-error.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Row = GlobalOptions & ListOptions

export function toRateText(rate: PriceRate): string {
  if (rate.model === 'per_unit') return rate.unit_price
  if (rate.model === 'flat') return `${rate.amount} flat`
  if (rate.model === 'package') return `${rate.package_price} for ${rate.size}`
  const tiers = rate.tiers.map(({ up_to, unit_price }) => `${up_to === null ? '' : `to ${up_to} `}${unit_price}`)
  return `${rate.model}: ${tiers.join(', ')}`
}

const listColumns: Column<PriceList>[] = [
  { title: 'FOR', value: (row) => row.buyer_name ?? 'all direct customers' },
  { title: 'CURRENCY', value: (row) => row.currency },
  { title: 'ID', value: (row) => row.id },
]
const dimensions: Column<Price | Margin>[] = [
  { title: 'OFFER', value: ({ offer }) => `${offer.product} ${offer.edition}` },
  { title: 'TERM', value: ({ term }) => term },
  { title: 'PAID', value: ({ period }) => period },
  { title: 'SERVICE TYPE', value: ({ service_type }) => service_type },
]
const priceColumns: Column<Price>[] = [
  ...dimensions,
  { title: 'FROM', value: (row) => row.valid_from },
  { title: 'PRICE', value: (row) => toRateText(row.rate) },
  { title: 'MINIMUM', value: (row) => row.minimum },
  { title: 'CURRENCY', value: (row) => row.currency },
]
const marginColumns: Column<Margin>[] = [
  ...dimensions,
  { title: 'PRICE', value: (row) => `${row.price} ${row.currency}` },
  { title: 'COST', value: (row) => (row.cost === null ? null : `${row.cost} ${row.cost_currency}`) },
  { title: 'MARGIN', value: (row) => row.margin },
  { title: 'PERCENT', value: (row) => row.margin_percent },
]

async function listPrices(terminal: Terminal, listId: string | undefined, options: Row) {
  const { api } = openSession(terminal, options)
  const limit = pageSize(options)
  if (listId === undefined) return printRows(terminal, options, listColumns, paginate(api.listPriceLists, { limit }))
  const read = (input: { query?: { cursor?: string; limit?: number } | undefined }) =>
    api.listPrices({ query: input.query ?? {}, path: { id: listId } })
  const prices = paginate(read, { limit })
  return printRows(terminal, options, priceColumns, prices)
}

async function listMargins(terminal: Terminal, id: string, options: Row & { quantity?: string; day?: string }) {
  const { api } = openSession(terminal, options)
  const query = {
    ...(options.quantity !== undefined && { quantity: Number(options.quantity) }),
    ...(options.day !== undefined && { day: options.day }),
  }
  const { data } = await api.listMargins({ path: { id }, query })
  await printRows(
    terminal,
    options,
    marginColumns,
    (async function* () {
      yield* data
    })(),
  )
}

type Tiers = Extract<PriceRate, { model: 'graduated' }>['tiers']
type Set = GlobalOptions & {
  offer: string
  term?: string
  paid?: NonNullable<CreatePrice['period']>
  serviceType?: NonNullable<CreatePrice['service_type']>
  perUnit?: string
  flat?: string
  graduated?: Tiers
  volume?: Tiers
  package?: { size: number; package_price: string }
  minimum?: string
  from?: string
}

/** `50=4.10,250=3.90,3.70`: up to 50 units at 4.10, up to 250 at 3.90, more at 3.70. */
function toTiers(text: string): Tiers {
  const parts = text.split(',')
  return parts.map((part, index) => {
    const [, up_to, unit_price] = /^(?:(\d+)=)?(\d+(?:\.\d+)?)$/.exec(part.trim()) ?? []
    if (unit_price === undefined) throw new InvalidArgumentError('It has to look like 50=4.10,250=3.90,3.70.')
    const above = index === 0 ? 0 : Number(parts[index - 1]?.split('=')[0])
    return { above, up_to: up_to === undefined ? null : Number(up_to), unit_price }
  })
}

function toPackage(text: string) {
  const [, size, package_price] = /^(\d+)=(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (package_price === undefined) throw new InvalidArgumentError('It has to look like 5=20.00: five units for 20.00.')
  return { size: Number(size), package_price }
}

function toRate(options: Set): PriceRate {
  const rates: PriceRate[] = []
  if (options.perUnit !== undefined) rates.push({ model: 'per_unit', unit_price: options.perUnit })
  if (options.flat !== undefined) rates.push({ model: 'flat', amount: options.flat })
  if (options.graduated !== undefined) rates.push({ model: 'graduated', tiers: options.graduated })
  if (options.volume !== undefined) rates.push({ model: 'volume', tiers: options.volume })
  if (options.package !== undefined) rates.push({ model: 'package', ...options.package })
  const [rate] = rates
  if (rate === undefined || rates.length > 1)
    throw new CommandError('Give one of --per-unit, --flat, --graduated, --volume and --package.')
  return rate
}

async function setPrice(terminal: Terminal, id: string, options: Set) {
  const body: CreatePrice = {
    offer_id: options.offer,
    rate: toRate(options),
    ...(options.term !== undefined && { term: options.term }),
    ...(options.paid !== undefined && { period: options.paid }),
    ...(options.serviceType !== undefined && { service_type: options.serviceType }),
    ...(options.minimum !== undefined && { minimum: options.minimum }),
    ...(options.from !== undefined && { valid_from: options.from }),
  }
  const { api } = openSession(terminal, options)
  const price = await api.createPrice({ path: { id }, body })
  if (options.json) return say(terminal, JSON.stringify(price, null, 2))
  const { offer, rate, currency, valid_from } = price
  return say(
    terminal,
    printable(`${offer.product} ${offer.edition}: ${toRateText(rate)} ${currency} from ${valid_from}`),
  )
}

export const addPrices = (program: Command, terminal: Terminal) => {
  const prices = program.command('prices').description('what you ask of your direct customers')
  const list = prices
    .command('list [list]')
    .description('list your price lists, or the prices of one')
    .action((id: string | undefined, _options: Row, self: Command) => listPrices(terminal, id, self.optsWithGlobals()))
  const margins = prices
    .command('margins <list>')
    .description('the prices of a list beside what you pay for the same')
    .option('--quantity <units>', 'for so many units')
    .option('--day <day>', 'prices of this day, YYYY-MM-DD')
    .action((id: string, _options: Row, self: Command) => listMargins(terminal, id, self.optsWithGlobals()))
  for (const command of [list, margins]) for (const option of listOptions()) command.addOption(option)
  prices
    .command('set <list>')
    .description('add a price to a list from a day on')
    .requiredOption('--offer <id>', 'the offer')
    .option('--term <code>', 'what is sold by term: which one')
    .addOption(new Option('--paid <mode>', 'what the price is for').choices(paymentModes))
    .addOption(new Option('--service-type <type>', 'storage: for which service type').choices(serviceTypes))
    .option('--per-unit <amount>', 'each unit costs the same')
    .option('--flat <amount>', 'one amount, however many there are')
    .option('--graduated <tiers>', 'each unit at the price of its tier, such as 50=4.10,3.90', toTiers)
    .option('--volume <tiers>', 'all units at the price of the tier of the whole', toTiers)
    .option('--package <size=amount>', 'whole packages, such as 5=20.00', toPackage)
    .option('--minimum <amount>', 'the least for a period with any quantity')
    .option('--from <day>', 'today if left out, YYYY-MM-DD')
    .action((id: string, _options: Set, self: Command) => setPrice(terminal, id, self.optsWithGlobals()))
}

import { type CreateOrder, type Order, type OrderPreview, type OrderRow, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { orderDirections, orderStates, paymentMethods, paymentModes } from '../choices.ts'
import { CommandError } from '../command-error.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { type Column, toTable } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Amount = { amount: string; currency: string } | null
const toText = (amount: Amount) => (amount === null ? undefined : `${amount.amount} ${amount.currency}`)

type OrderOptions = GlobalOptions & {
  buyer: string
  company?: string
  line: string[]
  mode?: CreateOrder['payment_mode']
  method: NonNullable<CreateOrder['payment_method']>
}

/** `OFFER:TERM:QUANTITY`; the server says what of it is wrong. */
function toLine(text: string): CreateOrder['lines'][number] {
  const [offer = '', term = '', quantity = '', ...rest] = text.split(':')
  if (!offer || !term || !/^\d+$/.test(quantity) || rest.length > 0)
    throw new CommandError(`"${text}" is no line; write OFFER:TERM:QUANTITY, such as 0190...:annual:5`)
  return { offer_id: offer, term, quantity: Number(quantity) }
}

const toOrder = ({ buyer, company, line, mode, method }: OrderOptions): CreateOrder => ({
  buyer_id: buyer,
  company_id: company ?? null,
  lines: line.map(toLine),
  payment_method: method,
  ...(mode !== undefined && { payment_mode: mode }),
})

type PreviewLine = OrderPreview['lines'][number]
const previewColumns: Column<PreviewLine>[] = [
  { title: 'OFFER', value: ({ offer }) => `${offer.product} ${offer.edition}` },
  { title: 'TERM', value: ({ term }) => term.name },
  { title: 'QUANTITY', value: (row) => row.quantity },
  { title: 'UNIT PRICE', value: (row) => toText(row.unit_price) },
  { title: 'FROM', value: ({ first }) => first.from },
  { title: 'TO', value: ({ first }) => first.to },
  { title: 'DAYS', value: ({ first }) => `${first.days}/${first.whole_days}` },
  { title: 'AMOUNT', value: (row) => toText(row.first_amount) },
  { title: 'THEN EACH', value: ({ recurring }) => toText(recurring?.amount ?? null) },
  { title: 'UNTIL', value: ({ recurring }) => (recurring === null ? undefined : (recurring.until ?? 'cancelled')) },
]

const additions: Record<OrderPreview['additions'][number]['reason'], string> = {
  package: 'to whole packages',
  minimum: 'to the minimum of the month',
  others: "what becomes of the month's earlier orders",
}

async function previewOrder(terminal: Terminal, options: OrderOptions) {
  const { api } = openSession(terminal, options)
  const preview = await api.previewOrder({ body: toOrder(options) })
  if (options.json) return say(terminal, JSON.stringify(preview, null, 2))
  say(terminal, toTable(previewColumns, preview.lines))
  for (const { offer, reason, amount } of preview.additions)
    say(
      terminal,
      printable(`${offer.product} ${offer.edition}, ${additions[reason]}: ${amount.amount} ${amount.currency}.`),
    )
  for (const total of preview.totals)
    say(terminal, `Now: ${total.amount} ${total.currency}, net, paid ${preview.payment_mode}.`)
  if (preview.terms.required)
    say(terminal, `Place it with --accept-terms ${preview.terms.version ?? '(none published yet)'}.`)
}

async function placeOrder(terminal: Terminal, options: OrderOptions & { acceptTerms?: string; key?: string }) {
  const { api } = openSession(terminal, options)
  const version = options.acceptTerms === undefined ? undefined : Number(options.acceptTerms)
  if (version !== undefined && !Number.isInteger(version))
    throw new CommandError('--accept-terms is the number of a version')
  const body = { ...toOrder(options), ...(version !== undefined && { terms_version: version }) }
  const order = await api.placeOrder({
    body,
    headers: options.key === undefined ? {} : { 'idempotency-key': options.key },
  })
  sayOrder(terminal, options, order)
}

function sayOrder(terminal: Terminal, options: GlobalOptions, order: Order) {
  if (options.json) return say(terminal, JSON.stringify(order, null, 2))
  const total = toText(order.first_total)
  say(
    terminal,
    printable(`Order ${order.id} for ${order.buyer.name} is ${order.state}${total ? `: ${total} now` : ''}.`),
  )
  if (order.payment_failure) say(terminal, printable(order.payment_failure))
  if (order.withdrawable_until) say(terminal, `It can be withdrawn before ${order.withdrawable_until}.`)
}

const columns: Column<OrderRow>[] = [
  { title: 'PLACED', value: ({ placed_at }) => placed_at.slice(0, 10) },
  { title: 'DIRECTION', value: (row) => row.direction },
  { title: 'BUYER', value: ({ buyer }) => buyer.name },
  { title: 'OFFERS', value: ({ offers }) => offers.join(', ') },
  { title: 'QUANTITY', value: (row) => row.quantity },
  { title: 'STATE', value: (row) => row.state },
  { title: 'FIRST', value: (row) => toText(row.first_total) },
  { title: 'ID', value: (row) => row.id },
]

type ListedBy = GlobalOptions &
  ListOptions & { direction?: OrderRow['direction']; state?: OrderRow['state']; buyer?: string }

async function listOrders(terminal: Terminal, options: ListedBy) {
  const { api } = openSession(terminal, options)
  const query = {
    direction: options.direction,
    state: options.state,
    tenant_id: options.buyer,
    limit: pageSize(options),
  }
  await printRows(terminal, options, columns, paginate(api.listOrders, query))
}

async function withdrawOrder(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  sayOrder(terminal, options, await api.withdrawOrder({ path: { id } }))
}

const collect = (text: string, before: string[]) => [...before, text]

/** What is bought, for a preview and for the order itself. */
const withOrder = (command: Command): Command =>
  command
    .requiredOption('--buyer <id>', 'who buys')
    .option('--company <id>', 'the company below the buyer whose pool it is for')
    .requiredOption('--line <offer:term:quantity>', 'an offer, or an add-on; repeat it for more', collect, [])
    .addOption(new Option('--mode <mode>', 'payment mode; the first order fixes it').choices(paymentModes))
    .addOption(new Option('--method <method>', 'how it is paid').choices(paymentMethods).default('invoice'))

export function addOrders(program: Command, terminal: Terminal): void {
  const orders = program.command('orders').description('buying: previews, orders, withdrawals')
  withOrder(orders.command('preview').description('what an order would cost, to the cent; nothing is stored')).action(
    (_options: OrderOptions, self: Command) => previewOrder(terminal, self.optsWithGlobals()),
  )
  withOrder(orders.command('place').description('place an order; needs the right to purchase'))
    .option('--accept-terms <version>', 'you acknowledge this version of the terms and conditions')
    .option('--key <key>', 'the same key again is the same order')
    .action((_options: OrderOptions, self: Command) => placeOrder(terminal, self.optsWithGlobals()))
  const list = orders
    .command('list')
    .description('orders that your tenant has placed or taken')
    .option('--buyer <id>', 'only of this buyer')
    .addOption(new Option('--direction <direction>', 'only these').choices(orderDirections))
    .addOption(new Option('--state <state>', 'only in this state').choices(orderStates))
    .action((_options: ListedBy, self: Command) => listOrders(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  orders
    .command('withdraw')
    .description('withdraw an order whole, within seven days: its licenses end at once')
    .argument('<id>', 'the id that tenantree orders list shows')
    .action((id: string, _options: GlobalOptions, self: Command) => withdrawOrder(terminal, id, self.optsWithGlobals()))
}

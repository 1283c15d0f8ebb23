import { paginate, type Subscription } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

const columns: Column<Subscription>[] = [
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'OFFER', value: (row) => `${row.offer.product} ${row.offer.edition}` },
  { title: 'STATE', value: (row) => row.state },
  { title: 'STARTED', value: (row) => row.started_on },
  { title: 'TRIAL ENDS', value: (row) => row.trial?.ends_at },
  { title: 'ENDED', value: (row) => row.ended_on },
  { title: 'ID', value: (row) => row.id },
]
const states = ['in_trial', 'active', 'ended'] as const

type ListAll = GlobalOptions & ListOptions & { tenant?: string; state?: Subscription['state'] }

async function listSubscriptions(terminal: Terminal, options: ListAll) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, state: options.state, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listSubscriptions, query))
}

function show(terminal: Terminal, options: GlobalOptions, subscription: Subscription) {
  const { offer, tenant_name, state, id } = subscription
  const text = `${offer.product} ${offer.edition} of ${tenant_name}: ${state} (${id}).`
  say(terminal, options.json ? JSON.stringify(subscription, null, 2) : printable(text))
}

type Add = GlobalOptions & { tenant: string; offer: string; trial?: boolean }

async function addSubscription(terminal: Terminal, options: Add) {
  const { api } = openSession(terminal, options)
  const body = { tenant_id: options.tenant, offer_id: options.offer, in_trial: options.trial ?? false }
  show(terminal, options, await api.createSubscription({ body }))
}

const switches = [
  { name: 'activate', description: 'make one active before its trial ends; today is charged', state: 'active' },
  { name: 'end', description: 'end one; today still counts', state: 'ended' },
] as const

export function addSubscriptions(program: Command, terminal: Terminal): void {
  const subscriptions = program.command('subscriptions').description('running agreements to what is billed after use')
  const list = subscriptions
    .command('list')
    .description('list subscriptions')
    .option('--tenant <id>', 'only of this tenant and everything below it')
    .addOption(new Option('--state <state>', 'only in this state').choices(states))
    .action((_options: ListAll, self: Command) => listSubscriptions(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  subscriptions
    .command('add')
    .description('join an offer to an end customer')
    .requiredOption('--tenant <id>', 'the end customer')
    .requiredOption('--offer <id>', 'an offer that is billed after use')
    .option('--trial', 'begin with the trial of the offer')
    .action((_options: Add, self: Command) => addSubscription(terminal, self.optsWithGlobals()))
  for (const { name, description, state } of switches)
    subscriptions
      .command(name)
      .description(description)
      .argument('<id>', 'the id that tenantree subscriptions list shows')
      .action(async (id: string, _options: GlobalOptions, self: Command) => {
        const options: GlobalOptions = self.optsWithGlobals()
        const { api } = openSession(terminal, options)
        show(terminal, options, await api.setSubscriptionState({ path: { id }, body: { state } }))
      })
}

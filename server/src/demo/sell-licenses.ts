import { createOrder, type LicenseHolderKind } from '@tenantree/contract'
import { sql } from 'kysely'
import * as catalog from '../catalog/index.ts'
import type { DeviceOwner } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { invariant, Problem } from '../kernel/problem.ts'
import * as licenses from '../licenses/index.ts'
import * as networks from '../networks/index.ts'
import * as orders from '../orders/index.ts'
import type { Database } from '../platform/database.ts'
import * as subscribers from '../subscribers/index.ts'
import * as subscriptions from '../subscriptions/index.ts'
import * as sales from './sales.ts'

export type SalesDay = {
  db: Database
  day: number
  /** The context of a superuser of a demo tenant, and the tenant's id. */
  callOf(tenant: string): Promise<CallContext>
  idOf(tenant: string): string
  machines: ReadonlyMap<string, DeviceOwner>
}

const payments = orders.createPayments(null)

/** What is bought, assigned, tried and cancelled on a day of the story. Again it changes nothing. */
export async function sell(today: SalesDay): Promise<void> {
  const on = <Plan extends { day: number }>(plans: readonly Plan[]) => plans.filter(({ day }) => day === today.day)
  for (const plan of on(sales.orders)) await placeOrder(today, plan)
  for (const plan of on(sales.trialRequests)) await requestTrials(today, plan)
  for (const plan of on(sales.holders)) await give(today, plan, { kind: plan.kind, id: await makeHolder(today, plan) })
  for (const plan of on(sales.licensed))
    await give(today, { ...plan, tenant: tenantOf(plan.machine) }, { kind: 'device', id: getMachine(today, plan) })
  for (const plan of on(sales.deviceTrials)) await tryOut(today, plan)
  for (const plan of on(sales.cancelled)) await cancel(today, plan)
}

/** Runs a command; what is there already is as good. */
async function unlessThere(run: () => Promise<unknown>, ...codes: Problem['code'][]): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Problem && codes.includes(error.code))) throw error
  }
}

/** `Backup/Desktop`; of two of that name the one that is sold by term. */
async function findOffer({ db, callOf }: SalesDay, name: string, models: readonly string[]): Promise<string> {
  const [product, edition] = name.split('/')
  const { data } = await catalog.listOffers(db, await callOf('vendor'), { limit: 500 })
  const offer = data.find(
    (known) => known.product === product && known.edition === edition && models.includes(known.charge_model),
  )
  invariant(offer !== undefined, `${name} is in the demo catalog`)
  return offer.id
}
const byTerm = ['committed', 'prepaid']

/** One order of a buyer a day: it is there where one of that day is. */
async function placeOrder(today: SalesDay, plan: sales.DemoOrder): Promise<void> {
  const { db, callOf, idOf } = today
  const call = await callOf(plan.buyer)
  const known = await db.transaction(call, (tx) =>
    sql`select 1 from orders o where o.buyer_id = ${idOf(plan.buyer)}
      and (o.placed_at at time zone 'UTC')::date = (${call.now.toString()}::timestamptz at time zone 'UTC')::date`.execute(
      tx.tables(),
    ),
  )
  if (known.rows.length > 0) return
  const lines = []
  for (const { offer, ...line } of plan.lines) lines.push({ ...line, offer_id: await findOffer(today, offer, byTerm) })
  const [terms] = (await catalog.listTermsVersions(db, call)).data
  const input = { buyer_id: idOf(plan.buyer), lines, payment_mode: plan.mode, terms_version: terms?.number }
  await orders.placeOrder(db, call, payments, createOrder.parse(input))
}

async function requestTrials(today: SalesDay, { tenant, offer, quantity }: sales.DemoRequest): Promise<void> {
  const { db, callOf, idOf } = today
  const input = { tenant_id: idOf(tenant), offer_id: await findOffer(today, offer, byTerm), quantity }
  await unlessThere(async () => licenses.requestTrials(db, await callOf(tenant), input), 'trial_already_had')
}

const registers = { subscriber: 'subscriber_persons', gateway: 'gateways', domain: 'domains' } as const

/** Adds a person, a gateway or a domain to its tenant, or finds it there. */
async function makeHolder({ db, callOf, idOf }: SalesDay, { kind, tenant, name }: sales.DemoHolder): Promise<string> {
  const call = await callOf(tenant)
  const at = { tenant_id: idOf(tenant), name }
  const email = `${name.toLowerCase().replace(' ', '.')}@${tenant}.example`
  const make = {
    subscriber: () => subscribers.createSubscriber(db, call, { ...at, email }),
    gateway: () => networks.createGateway(db, call, at),
    domain: () => networks.createDomain(db, call, { ...at, kind: 'microsoft_365' }),
  }
  await unlessThere(make[kind], 'subscriber_exists', 'gateway_name_taken', 'domain_exists')
  const id = kind === 'subscriber' ? sql`h.subscriber_id` : sql`h.id`
  const { rows } = await db.transaction(call, (tx) =>
    sql<{
      id: string
    }>`select ${id} as id from ${sql.table(registers[kind])} h where h.path = ${call.scope.lo} and h.name = ${name}`.execute(
      tx.tables(),
    ),
  )
  invariant(rows[0] !== undefined, `${name} was made or is there`)
  return rows[0].id
}

/** `demo-customer-1-2` stands at `customer-1`. */
const tenantOf = (machine: string): string => machine.slice('demo-'.length, machine.lastIndexOf('-'))

function getMachine({ machines }: SalesDay, { machine }: sales.DemoLicensed): string {
  const device = machines.get(machine)
  invariant(device !== undefined, `${machine} is there before it gets a license`)
  return device.device_id
}

type Holder = { kind: LicenseHolderKind; id: string }

async function give(today: SalesDay, { tenant, offer }: { tenant: string; offer: string }, { kind, id }: Holder) {
  const input = { holder_kind: kind, holder_id: id, offer_id: await findOffer(today, offer, byTerm) }
  await unlessThere(async () => licenses.giveLicense(today.db, await today.callOf(tenant), input), 'already_licensed')
}

async function tryOut(today: SalesDay, plan: sales.DemoLicensed): Promise<void> {
  const input = { deviceId: getMachine(today, plan), offer_id: await findOffer(today, plan.offer, ['active_use']) }
  const call = await today.callOf(tenantOf(plan.machine))
  await unlessThere(() => subscriptions.startTrial(today.db, call, input), 'state_conflict', 'trial_repeated')
}

/** As many as are not cancelled yet. */
async function cancel(today: SalesDay, plan: (typeof sales.cancelled)[number]): Promise<void> {
  const call = await today.callOf(plan.buyer)
  const offerId = await findOffer(today, plan.offer, byTerm)
  const { rows } = await today.db.transaction(call, (tx) =>
    sql<{ id: string; state: string }>`
      select l.id, l.state from licenses l where l.owner_id = ${today.idOf(plan.buyer)} and l.offer_id = ${offerId}
        and l.state in ('unassigned', 'assigned', 'pending_cancel') order by l.assigned_at, l.id`.execute(tx.tables()),
  )
  const already = rows.filter(({ state }) => state === 'pending_cancel').length
  const free = rows.filter(({ state }) => state !== 'pending_cancel')
  for (const { id } of free.slice(0, Math.max(0, plan.quantity - already)))
    await licenses.cancelLicense(today.db, call, id)
}

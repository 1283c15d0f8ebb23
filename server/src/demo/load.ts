import { createOffer, createPrice, type Role } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Ingest } from '../activity/index.ts'
import type { CatalogHooks } from '../catalog/index.ts'
import * as catalog from '../catalog/index.ts'
import type { DeviceHooks, DeviceOwner } from '../devices/index.ts'
import { enrolDevice } from '../enrolment/index.ts'
import * as identity from '../identity/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { invariant, Problem } from '../kernel/problem.ts'
import { dayOf, type Instant, type PlainDate, startOfDay, toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { findMarker, setMarker } from '../platform/markers.ts'
import { beginAt, moveClock, returnToPresent, type TestClockOptions } from '../platform/test-clock.ts'
import * as pricing from '../pricing/index.ts'
import * as subscriptions from '../subscriptions/index.ts'
import type { TenantHooks, TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import * as channel from './channel.ts'
import { peaksOf, subscribeToStorage, usesStorage } from './measure.ts'
import { enableCatalog, hasWholeCatalog, makeCatalog, priceCatalog } from './sell-catalog.ts'
import { sell } from './sell-licenses.ts'
import { issueToken } from './tokens.ts'

export type DemoOptions = {
  db: Database
  hooks: { tenants: TenantHooks; catalog: CatalogHooks; devices: DeviceHooks }
  ingest: Ingest
  runDue: TestClockOptions['runDue']
  /** Told how far the story is, 0 to 1. */
  report: (share: number) => void
}
type Story = DemoOptions & {
  places: Map<string, TenantRecord>
  offers: Map<string, string>
  machines: Map<string, DeviceOwner>
}

/**
 * Makes the demo channel by the same commands as the API, day by day under the test clock, and then returns to the present. Once: a marker
 * says that it is done. A load that was cut off goes on with the day at which the clock stands; each step skips what is there.
 */
export async function loadDemo(options: DemoOptions): Promise<void> {
  const { db } = options
  if (await findMarker(db, 'demo.done')) return
  const first = dayOf(realNow()).subtract({ days: channel.storyDays })
  if (!(await findMarker(db, 'demo.begun'))) {
    if (await hasTenants(db)) return
    await beginAt(db, startOfDay(first).add({ hours: 9 }))
    await setMarker(db, await db.systemCall('demo'), 'demo.begun')
  }
  const story: Story = { ...options, places: new Map(), offers: new Map(), machines: new Map() }
  await tell(story)
  await returnToPresent(db)
  const call = await db.systemCall('demo')
  await options.runDue(call)
  await setMarker(db, call, 'demo.done')
}

async function hasTenants(db: Database): Promise<boolean> {
  const call = await db.systemCall('demo')
  return (await db.work(call, (tx) => tenants.findVendor(tx))) !== null
}

async function tell(story: Story): Promise<void> {
  const begun = await findMarker(story.db, 'demo.begun')
  invariant(begun !== null, 'the story has begun')
  const first = dayOf(begun)
  const from = first.until(dayOf((await story.db.systemCall('demo')).now)).days
  const last = first.until(dayOf(realNow())).days
  for (let day = 0; day <= last; day += 1) {
    if (day >= from) await live(story, first, day, last)
    else await recall(story, day)
  }
}

/** A day of the story: the clock goes there, what is planned for the day is made, machines that are on say so. */
async function live(story: Story, first: PlainDate, day: number, last: number): Promise<void> {
  const { db, runDue } = story
  const date = first.add({ days: day })
  const morning = startOfDay(date).add({ hours: 9 })
  if (day > 0)
    await moveClock({ db, isMovable: true, runDue }, 'demo', {
      to: toInstantText(earliest(morning, realNow())),
      frozen: true,
    })
  await recall(story, day)
  // Days that are behind a load that goes on have had their orders.
  const idOf = (key: string) => getPlace(story, key).id
  await sell({ db, day, callOf: (key) => callOf(story, key), idOf, machines: story.machines })
  // Read anew: a process that goes on with a load has only seen the present, and its own clock does not go back.
  const { now } = await db.systemCall('demo')
  const signals = [...story.machines]
    .filter(([key]) => channel.isOn(key, key.endsWith('-0'), day, date.dayOfWeek))
    .map(([key, device]) => story.ingest.record(device, now, peaksOf(key, day)))
  await Promise.all(signals)
  story.report((day + 1) / (last + 1))
}

const earliest = (left: Instant, right: Instant): Instant =>
  left.epochMilliseconds < right.epochMilliseconds ? left : right

/** Makes what a day planned, or finds it where it is there already. */
async function recall(story: Story, day: number): Promise<void> {
  for (const plan of channel.tenants) if (plan.day === day) await makeTenant(story, plan)
  if (day === 0) {
    await makeUsers(story)
    await makeOffers(story)
    await makePrices(story)
  }
  for (const plan of channel.tenants) if (plan.day === day) await subscribe(story, plan)
  for (const plan of channel.devices) if (plan.day === day) await makeDevice(story, plan)
}

/** The context of a superuser of the tenant: the commands see exactly what such a user would let them see. */
async function callOf(story: Story, key: string): Promise<CallContext> {
  const place = getPlace(story, key)
  const call = await story.db.systemCall('demo')
  return {
    ...call,
    scope: identity.toScope({ kind: 'system', id: null }, { ...place, tenant_id: place.id }),
    address: 'demo',
  }
}

function getPlace(story: Story, key: string): TenantRecord {
  const place = story.places.get(key)
  invariant(place !== undefined, `the demo tenant ${key} is made before it is used`)
  return place
}

/** Runs a command; what is there already is as good. */
async function unlessThere<T>(run: () => Promise<T>, ...codes: Problem['code'][]): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Problem && codes.includes(error.code)) return null
    throw error
  }
}

const toCompany = (plan: channel.DemoTenant) => ({
  legal_name: `${plan.name} ${plan.country === 'DE' ? 'GmbH' : 'Ltd'}`,
  vat_number: plan.vat,
  street: plan.street,
  postal_code: plan.postalCode,
  city: plan.city,
  country: plan.country,
})

async function makeTenant(story: Story, plan: channel.DemoTenant): Promise<void> {
  const { db } = story
  if (plan.parent === null) {
    const vendor = await tenants.ensureVendor(db, await db.systemCall('demo'), {
      name: plan.name,
      company: toCompany(plan),
    })
    story.places.set(plan.key, vendor)
    return
  }
  const parent = getPlace(story, plan.parent)
  const call = await callOf(story, 'vendor')
  await unlessThere(
    () => tenants.createTenant(db, story.hooks.tenants, call, toInput(plan, parent.id)),
    'tenant_name_taken',
  )
  const made = await db.transaction(call, (tx) => tenants.findChildByName(tx, call.scope, parent.id, plan.name))
  invariant(made !== null, `${plan.name} was made or is there`)
  story.places.set(plan.key, made)
}

const toInput = (plan: channel.DemoTenant, parentId: string) => ({
  name: plan.name,
  parent_id: parentId,
  level: plan.level,
  service_type: 'all_inclusive' as const,
  device_country: plan.country,
  storage_location: plan.location,
  in_trial: plan.inTrial ?? false,
  usage_space_gb: null,
  auto_add_clients: false,
  email_reports: false,
  send_welcome_mail: false,
  external_id: plan.key,
  company: toCompany(plan),
})

async function makeUsers(story: Story): Promise<void> {
  const call = await story.db.systemCall('demo')
  for (const user of channel.users) {
    const place = story.places.get(user.tenant)
    if (place !== undefined) await makeUser(story.db, call, place, user)
  }
}

const makeUser = (db: Database, call: CallContext, place: TenantRecord, user: { name: string; role: Role }) => {
  const email = `${user.name.split(' ')[0]!.toLowerCase()}@${channel.demoDomain}`
  return unlessThere(
    () =>
      identity.createUserWithPassword(db, call, place, {
        email,
        name: user.name,
        role: user.role,
        password: channel.demoPassword,
      }),
    'email_taken',
  )
}

async function makeOffers(story: Story): Promise<void> {
  const call = await callOf(story, 'vendor')
  await makeCatalog(story.db, call)
  for (const { key, ...offer } of channel.offers) {
    const input = createOffer.parse({ ...offer, unit: 'device', charge_model: 'active_use' })
    await unlessThere(() => catalog.createOffer(story.db, call, input), 'offer_exists')
  }
  const { data } = await catalog.listOffers(story.db, call, { limit: 100, charge_model: 'active_use' })
  for (const { key, product } of channel.offers)
    story.offers.set(key, data.find((offer) => offer.product === product)?.id ?? '')
}

/** From the vendor down: a seller can only price and enable what was enabled for itself. */
async function makePrices(story: Story): Promise<void> {
  const sellers = [...new Set(channel.prices.map((price) => price.seller))]
  for (const seller of sellers) {
    for (const price of channel.prices.filter((row) => row.seller === seller)) await makePriceList(story, price)
    for (const child of channel.tenants.filter((plan) => plan.parent === seller)) {
      if (story.places.has(child.key)) await enableAll(story, seller, child)
    }
  }
}

async function makePriceList(story: Story, price: channel.DemoPrice): Promise<void> {
  const call = await callOf(story, price.seller)
  const buyerId = price.buyer === null ? null : getPlace(story, price.buyer).id
  const list = await unlessThere(
    () => pricing.createPriceList(story.db, call, { buyer_id: buyerId, currency: price.currency }),
    'price_list_exists',
  )
  const id = list?.id ?? (await findList(story, call, buyerId))
  // Prices of the first day stand on a later one too, where the same price would begin anew.
  const { data } = await pricing.listPrices(story.db, call, id, { limit: 500 })
  const priced = new Set(data.map((row) => row.offer.id))
  for (const key of ['backup', 'browser'] as const) {
    const offerId = story.offers.get(key) ?? ''
    if (priced.has(offerId)) continue
    const unitPrice = { amount: price[key], currency: price.currency }
    const input = createPrice.parse({ offer_id: offerId, unit_price: unitPrice })
    await pricing.createPrice(story.db, call, { listId: id, price: input })
  }
  await priceCatalog(story.db, call, { id, key: `${price.seller}/${price.buyer ?? ''}`, priced })
}

async function findList(story: Story, call: CallContext, buyerId: string | null): Promise<string> {
  const { data } = await pricing.listPriceLists(story.db, call, { limit: 100 })
  return data.find((list) => list.buyer_id === buyerId)?.id ?? ''
}

async function enableAll(story: Story, seller: string, child: channel.DemoTenant): Promise<void> {
  const call = await callOf(story, seller)
  for (const offerId of story.offers.values()) {
    await catalog.enableOffer(story.db, story.hooks.catalog, call, { tenantId: getPlace(story, child.key).id, offerId })
  }
  if (hasWholeCatalog(child)) await enableCatalog(story.db, story.hooks.catalog, call, getPlace(story, child.key).id)
}

async function subscribe(story: Story, plan: channel.DemoTenant): Promise<void> {
  if (plan.level !== 'end_customer' || plan.parent === null) return
  await enableAll(story, plan.parent, plan)
  const call = await callOf(story, plan.parent)
  for (const key of channel.offersOf(plan)) {
    const input = { tenant_id: getPlace(story, plan.key).id, offer_id: story.offers.get(key) ?? '' }
    await unlessThere(() => subscriptions.createSubscription(story.db, call, input), 'subscription_exists')
  }
  if (usesStorage(plan)) await subscribeToStorage(story.db, call, getPlace(story, plan.key).id)
}

async function makeDevice(story: Story, plan: channel.DemoDevice): Promise<void> {
  const place = getPlace(story, plan.tenant)
  const token = await issueToken(story, await callOf(story, plan.tenant), place)
  const made = await enrolDevice(
    story.db,
    story.hooks.devices,
    { requestId: 'demo', address: 'demo' },
    {
      install_token: token,
      agent_version: '0.1.0',
      machine: {
        machine_id: plan.key,
        host_name: plan.hostName,
        os: plan.os,
        os_version: { windows: 'Windows 11 24H2', linux: 'Debian GNU/Linux 13', macos: 'macOS 26.1' }[plan.os],
        architecture: plan.os === 'macos' ? 'arm64' : 'x64',
        machine_kind: plan.kind === 'server' ? 'virtual' : 'physical',
      },
    },
  )
  story.machines.set(plan.key, {
    realm_id: place.realm_id,
    device_id: made.device_id,
    tenant_id: place.id,
    path: place.path,
    state: 'active',
    tenant_state: place.state,
  })
}

/** The demo accounts, for the sign-in page. */
export const listDemoUsers = (db: Database, call: CallContext) =>
  db.work(call, async (tx) => {
    const { rows } = await sql<{
      email: string
      name: string
      tenant_name: string
      level: TenantRecord['level']
      role: Role
    }>`
      select u.email, u.name, t.name as tenant_name, t.level, u.role
      from users u join tenants t on t.realm_id = u.realm_id and t.id = u.tenant_id
      where u.email_key like ${`%@${channel.demoDomain}`} order by t.path, u.role desc, u.name`.execute(tx.tables())
    return { data: rows, next: null }
  })

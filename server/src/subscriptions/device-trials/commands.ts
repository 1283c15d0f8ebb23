import type { DeviceTrial, startDeviceTrial as startSchema } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import * as catalog from '../../catalog/index.ts'
import * as devices from '../../devices/index.ts'
import { atInstant, type CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { segmentWidth } from '../../kernel/tree.ts'
import { type Database, type Transaction, widen } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import * as tenants from '../../tenants/index.ts'
import * as domain from './domain.ts'
import * as license from './license.ts'
import { toTrial } from './queries.ts'
import * as repository from './repository.ts'

type Trial = repository.TrialRecord
type Paid = { device_id: string; trial: DeviceTrial | null }

/**
 * Starts a trial of an offer on a device of the customer or of one of its sites. R-TRIAL-2, R-TRIAL-5. Throws not_found, offer_not_offered, offer_withdrawn,
 * offer_not_metered, trial_not_offered, holder_kind_mismatch, edition_os_mismatch, trial_repeated; state_conflict for a device that is in trial,
 * is not at work, or is paid for.
 */
export const startTrial = (
  db: Database,
  call: CallContext,
  { deviceId, offer_id: offerId }: { deviceId: string } & z.infer<typeof startSchema>,
): Promise<DeviceTrial> =>
  db.transaction(call, async (tx) => {
    const device = await getDevice(tx, deviceId)
    const customer = await getCustomer(tx, call, device)
    const offer = await getOffer(tx, customer.path, offerId, device)
    const facts = domain.decideTrial(offer, call.now)
    const last = await settleLast(tx, call, device)
    domain.decideMayTry(device.state, last)
    const of = { ...toProduct(device, offer.product_key), customer_id: customer.id }
    const today = dayOf(call.now).toString()
    if (await asCustomer(tx, customer, (wide) => repository.hasBeenPaid(wide, of, today)))
      throw new Problem('state_conflict', { detail: 'The device is paid for: active never goes back to trial.' })
    const claim = { machineId: device.machine_id, productKey: offer.product_key, now: call.now }
    if (!(await repository.claimMachine(tx, claim))) throw new Problem('trial_repeated')

    const trial: Trial = {
      ...facts,
      ...ownerOf(device),
      id: newId(),
      offer_id: offer.id,
      product_key: offer.product_key,
      version: 1,
    }
    await repository.insertTrial(tx, trial)
    if (trial.end_policy === 'deactivate') await stopAt(tx, device, trial.ends_at)
    await note(tx, call, trial, 'device_trial.started', {
      before: null,
      after: { offer_id: offer.id, ...toFacts(trial) },
    })
    return toTrial(trial, offer)
  })

const ownerOf = ({ realm_id, tenant_id, path, id }: devices.DeviceRecord) => ({
  realm_id,
  tenant_id,
  path,
  device_id: id,
})

const toProduct = ({ realm_id, id }: { realm_id: bigint; id: string }, productKey: string) => ({
  realm_id,
  device_id: id,
  product_key: productKey,
})

/** Nobody else changes the device before the transaction ends. Throws not_found. */
async function getDevice(tx: Transaction, id: string): Promise<devices.DeviceRecord> {
  const device = await devices.lockDevice(tx, id)
  if (device === null) throw new Problem('not_found')
  return device
}

type Customer = Pick<tenants.TenantRecord, 'id' | 'path'>

/** Whom the device is charged to: a site's is its end customer's. The site itself may be all that the caller sees. */
async function getCustomer(tx: Transaction, call: CallContext, device: devices.DeviceRecord): Promise<Customer> {
  const tenant = await tenants.getTenant(tx, call.scope, device.tenant_id)
  if (tenant.level !== 'site') return tenant
  return { id: tenant.parent_id ?? tenant.id, path: tenant.path.slice(0, -segmentWidth) }
}

/** What the customer may have on that machine. */
async function getOffer(tx: Transaction, path: string, offerId: string, device: devices.DeviceRecord) {
  const offer = await catalog.findOffer(tx, offerId)
  if (offer === null || (await catalog.findEnabled(tx, path, offerId)) === null)
    throw fieldProblem('offer_not_offered', 'offer_id', 'The offer is not enabled for this tenant.')
  catalog.decideOnSale(offer)
  if (!catalog.isOrdered(offer.charge_model)) catalog.decideSubscribable(offer)
  if (device.os !== 'other')
    await catalog.requireMachine(tx, offer, { os: catalog.toMachineOs(device), paymentMode: 'monthly' })
  return offer
}

/**
 * Switches a device from trial to paid: what is billed after use from today on, a committed or prepaid offer by a free license. Repeating it changes
 * nothing. R-DEV-9, R-BILL-9. Throws not_found, subscription_missing, insufficient_unassigned.
 */
export const switchToPaid = (db: Database, call: CallContext, deviceId: string): Promise<Paid> =>
  db.transaction(call, async (tx) => {
    const device = await getDevice(tx, deviceId)
    const trial = await settleLast(tx, call, device)
    if (trial === null) return { device_id: deviceId, trial: null }
    const offer = await getOfferOf(tx, trial)
    const change = domain.decideSwitch(trial, call.now)
    if (change === null) return { device_id: deviceId, trial: toTrial(trial, offer) }

    if (catalog.isOrdered(offer.charge_model)) await takeLicense(tx, call, trial)
    else await requireSubscription(tx, call, device, offer.product_key)
    await repository.saveTrial(tx, trial, change)
    await start(tx, device, trial)
    const paid = { ...trial, ...change }
    await note(tx, call, trial, 'device_trial.switched_to_paid', { before: toFacts(trial), after: toFacts(paid) })
    return { device_id: deviceId, trial: toTrial(paid, offer) }
  })

async function takeLicense(tx: Transaction, call: CallContext, trial: Trial): Promise<void> {
  if (!(await repository.hasLicense(tx, trial))) await license.takeByHand(tx, call, trial)
}

async function requireSubscription(
  tx: Transaction,
  call: CallContext,
  device: devices.DeviceRecord,
  productKey: string,
) {
  const customer = await getCustomer(tx, call, device)
  const of = { realm_id: device.realm_id, customer_id: customer.id, product_key: productKey }
  const today = dayOf(call.now).toString()
  const isSubscribed = await asCustomer(tx, customer, (wide) => repository.isSubscribed(wide, of, today))
  if (!isSubscribed) throw new Problem('subscription_missing')
}

/** A site shares the subscriptions of its end customer, which its own users do not see. */
const asCustomer = <T>(tx: Transaction, { path }: Customer, look: (wide: Transaction) => Promise<T>): Promise<T> =>
  path < tx.scope.lo ? widen(tx, 'read_subscriptions_above', path, look) : look(tx)

async function getOfferOf(tx: Transaction, trial: Trial): Promise<catalog.OfferRecord> {
  const offer = await catalog.findOffer(tx, trial.offer_id)
  if (offer === null) throw new Problem('not_found')
  return offer
}

/** The last trial of the device; one that has passed is ended first, as the job would. */
async function settleLast(tx: Transaction, call: CallContext, device: devices.DeviceRecord): Promise<Trial | null> {
  const trial = await repository.lockLastTrial(tx, device)
  if (trial === null || trial.outcome !== 'running' || domain.isRunning(trial, call.now)) return trial
  const outcome = await end(tx, call, trial)
  if (outcome === 'deactivated' && (device.state === 'active' || device.state === 'pending'))
    device.state = 'deactivated'
  return { ...trial, outcome, ended_at: trial.ends_at, version: trial.version + 1 }
}

/** Ends a trial that has passed, noted by the system at its instant. Answers its outcome. R-TRIAL-2, R-TRIAL-3. */
async function end(tx: Transaction, call: CallContext, trial: Trial): Promise<Trial['outcome']> {
  const asSystem = atInstant(call, trial.ends_at)
  const ended = domain.atPresent(trial, call.now)
  const isTaken =
    trial.end_policy === 'take_from_pool' &&
    ((await repository.hasLicense(tx, trial)) || (await license.takeAutomatically(tx, asSystem, trial)))
  const outcome = isTaken ? 'taken_from_pool' : ended.outcome
  await repository.saveTrial(tx, trial, { outcome, ended_at: trial.ends_at })
  if (outcome === 'deactivated') await devices.deactivate(tx, trial.realm_id, trial.device_id)
  await note(tx, asSystem, trial, 'device_trial.ended', { before: { outcome: 'running' }, after: { outcome } })
  return outcome
}

/** Ends the trial that is due the longest. Answers whether there was one. */
export const endNext = (db: Database, call: CallContext): Promise<boolean> =>
  db.work(call, async (tx) => {
    const trial = await repository.lockDue(tx, call.now)
    if (trial === null) return false
    await end(tx, call, trial)
    return true
  })

const stopAt = (tx: Transaction, device: devices.DeviceRecord, at: string): Promise<boolean> =>
  devices.saveDevice(tx, device.realm_id, device.id, { deactivates_at: at })

/** Nothing stops it any more, and what its trial has stopped is at work again. */
async function start(tx: Transaction, device: devices.DeviceRecord, trial: Trial): Promise<void> {
  if (trial.end_policy !== 'deactivate') return
  const isStopped = trial.outcome === 'deactivated' && device.state === 'deactivated'
  await devices.saveDevice(tx, device.realm_id, device.id, {
    deactivates_at: null,
    ...(isStopped ? { state: 'active' as const } : {}),
  })
  await devices.endAccess(tx)
}

const toFacts = ({ outcome, ends_at, charged_from }: Trial) => ({ outcome, ends_at, charged_from })

type Facts = Record<string, string | null>

const note = (
  tx: Transaction,
  call: CallContext,
  trial: Trial,
  action: string,
  change: { before: Facts | null; after: Facts },
): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: trial.realm_id,
    path: trial.path,
    object: { kind: 'device', id: trial.device_id },
    ...change,
  })

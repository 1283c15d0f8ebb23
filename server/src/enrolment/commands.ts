import type { enrolled, enrol as enrolSchema, grantedLicense, Machine } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { DeviceOwner, DeviceRecord, TokenOwner } from '../devices/index.ts'
import * as devices from '../devices/index.ts'
import type { CallContext, Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import { ancestorPaths, toBounds } from '../kernel/tree.ts'
import * as licenses from '../licenses/index.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { hashSecret, newId, newSecret } from '../platform/ids.ts'
import { publish } from '../platform/outbox.ts'
import * as tenants from '../tenants/index.ts'
import { firstHeartbeatS } from './domain.ts'

type Enrol = z.infer<typeof enrolSchema>
type Visitor = { requestId: string; address: string }

/** The scope of an agent: its tenant's range. Its device is named by each query. */
const agentScope = (owner: Pick<TokenOwner, 'realm_id' | 'tenant_id' | 'path'>, deviceId: string | null): Scope => ({
  actor: { kind: 'device', id: deviceId },
  tenantId: owner.tenant_id,
  realmId: owner.realm_id,
  ...toBounds(owner.path),
  chain: ancestorPaths(owner.path).join(' '),
  reach: 'subtree',
})

/**
 * Lets a machine in with an install token and gives it a key of its own. R-DEV-1 (d). The same machine again is the same device with
 * a new key. Throws install_token_invalid, device_refused.
 */
export async function enrol(
  db: Database,
  hooks: devices.DeviceHooks,
  visitor: Visitor,
  input: Enrol,
): Promise<z.infer<typeof enrolled>> {
  try {
    return await enrolOnce(db, hooks, visitor, input)
  } catch (error) {
    // Its tenant went to another realm in between: whose the token is, is asked again.
    if (error instanceof Problem && error.code === 'resource_locked') return enrolOnce(db, hooks, visitor, input)
    throw error
  }
}

async function enrolOnce(
  db: Database,
  hooks: devices.DeviceHooks,
  visitor: Visitor,
  input: Enrol,
): Promise<z.infer<typeof enrolled>> {
  const owner = await devices.findTenantByToken(db, hashSecret(input.install_token))
  if (owner === null || owner.tenant_state === 'inactive' || owner.tenant_state === 'deleted')
    throw new Problem('install_token_invalid')
  const now = db.clock.learn(owner)
  const call: CallContext = { scope: agentScope(owner, null), now, may: new Set(), ...visitor }
  return db.transaction(call, async (tx) => {
    const device = toDevice(owner, input, call)
    const isNew = await devices.insertDevice(tx, device)
    const id = isNew ? device.id : await returnDevice(tx, owner, device, now)
    if (!isNew) for (const hook of hooks.stateChanged) await hook(tx, { realm_id: owner.realm_id, id }, 'active', call)
    const key = newSecret('ttd')
    await devices.replaceKey(tx, owner.realm_id, id, hashSecret(key))
    await noteEnrolled(tx, call, { ...device, id }, isNew)
    return { device_id: id, device_key: key, tenant_name: owner.tenant_name, heartbeat_after_s: firstHeartbeatS }
  })
}

const toFacts = (machine: Machine, agentVersion: string) => ({
  host_name: machine.host_name,
  host_name_key: tenants.toNameKey(machine.host_name),
  os: machine.os,
  os_version: machine.os_version,
  architecture: machine.architecture,
  machine_kind: machine.machine_kind,
  agent_version: agentVersion,
})

const toDevice = (owner: TokenOwner, input: Enrol, call: CallContext): DeviceRecord => ({
  realm_id: owner.realm_id,
  id: newId(),
  tenant_id: owner.tenant_id,
  path: owner.path,
  machine_id: input.machine.machine_id,
  ...toFacts(input.machine, input.agent_version),
  state: 'active',
  enrolled_at: toInstantText(call.now),
  last_seen_at: null,
})

/** A machine that was here before: the same device, with what it now says of itself. Throws device_refused. R-DEV-5. */
async function returnDevice(tx: Transaction, owner: TokenOwner, device: DeviceRecord, now: Instant): Promise<string> {
  const present = await devices.findByMachine(tx, owner, device.machine_id)
  if (
    present === null ||
    present.state === 'deactivated' ||
    present.state === 'deleted' ||
    devices.isStopped(present, now)
  )
    throw new Problem('device_refused')
  const { host_name, host_name_key, os, os_version, architecture, machine_kind, agent_version } = device
  const facts = {
    host_name,
    host_name_key,
    os,
    os_version,
    architecture,
    machine_kind,
    agent_version,
    state: 'active' as const,
  }
  await devices.saveDevice(tx, owner.realm_id, present.id, facts)
  return present.id
}

async function noteEnrolled(tx: Transaction, call: CallContext, device: DeviceRecord, isNew: boolean): Promise<void> {
  await audit.append(tx, call, {
    action: isNew ? 'device.enrolled' : 'device.enrolled_again',
    realmId: device.realm_id,
    path: device.path,
    object: { kind: 'device', id: device.id },
    before: null,
    after: {
      host_name: device.host_name,
      os: device.os,
      architecture: device.architecture,
      machine_kind: device.machine_kind,
    },
    personal: ['/after/host_name'],
  })
  if (!isNew) return
  await publish(tx, {
    realmId: device.realm_id,
    topic: 'device.enrolled',
    path: device.path,
    payload: { device_id: device.id },
  })
}

/** The agent's word that it is being uninstalled: no activity, and no charge in later months. R-ACT-1, R-ACT-5. */
export const reportUninstall = async (
  db: Database,
  hooks: devices.DeviceHooks,
  visitor: Visitor,
  device: DeviceOwner,
): Promise<void> => setState(db, hooks, visitor, { device, state: 'uninstalled' })

/** A signal of an uninstalled device restores it. Domain, section 13. */
export const restore = async (
  db: Database,
  hooks: devices.DeviceHooks,
  visitor: Visitor,
  device: DeviceOwner,
): Promise<void> => setState(db, hooks, visitor, { device, state: 'active' })

async function setState(
  db: Database,
  hooks: devices.DeviceHooks,
  visitor: Visitor,
  { device, state }: { device: DeviceOwner; state: 'active' | 'uninstalled' },
): Promise<void> {
  const { now } = await db.systemCall(visitor.requestId)
  const call: CallContext = { scope: agentScope(device, device.device_id), now, may: new Set(), ...visitor }
  await db.transaction(call, async (tx) => {
    const isSaved = await devices.saveDevice(tx, device.realm_id, device.device_id, { state })
    // What is in memory may be from before a move, for a second at most: the agent says it again.
    if (!isSaved) throw new Problem('resource_locked', { retryAfterS: 1 })
    const ref = { realm_id: device.realm_id, id: device.device_id }
    for (const hook of hooks.stateChanged) await hook(tx, ref, state, call)
    await audit.append(tx, call, {
      action: state === 'active' ? 'device.restored' : 'device.uninstalled',
      realmId: device.realm_id,
      path: device.path,
      object: { kind: 'device', id: device.device_id },
      before: { state: device.state },
      after: { state },
    })
  })
}

/** Whether the device may work with a product. R-LIC-1. Throws no_license. */
export async function askLicense(
  db: Database,
  hooks: licenses.LicenseHooks,
  visitor: Visitor,
  { device, product }: { device: DeviceOwner; product: string },
): Promise<z.infer<typeof grantedLicense>> {
  const caller = { scope: agentScope(device, device.device_id), may: new Set<never>(), ...visitor }
  return licenses.askLicense(db, hooks, caller, { device, product })
}

/** As askLicense; `none` where there is none, `taken` where another request of the device took one meanwhile: asked again, it is found. */
export async function findLicense(
  ...asked: Parameters<typeof askLicense>
): Promise<z.infer<typeof grantedLicense> | 'none' | 'taken'> {
  try {
    return await askLicense(...asked)
  } catch (error) {
    if (error instanceof Problem && error.code === 'no_license') return 'none'
    if (error instanceof Problem && error.code === 'already_licensed') return 'taken'
    throw error
  }
}

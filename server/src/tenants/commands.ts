import type { CreateTenant, UpdateTenant } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import { toSegment, vendorPath } from '../kernel/tree.ts'
import * as placement from '../placement/index.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { publish } from '../platform/outbox.ts'
import { decideLevel, decideServiceTypes, decideTrial, refuseDeleted, toNameKey } from './domain.ts'
import type { TenantHooks } from './hooks.ts'
import { readTenant } from './queries.ts'
import * as repository from './repository.ts'
import { type CompanyFields, companyFields, type TenantChange, type TenantRecord } from './repository.ts'

/**
 * Creates a tenant under a parent that the caller sees. R-TREE-1 to 5, R-PLACE-2, R-TRIAL-1. Throws not_found, parent_level_invalid,
 * service_type_not_offered, location_required, location_fixed_by_country, location_unknown, trial_for_end_customers, tenant_name_taken,
 * state_conflict under a deleted parent.
 */
export const createTenant = (db: Database, hooks: TenantHooks, call: CallContext, input: CreateTenant) =>
  db.transaction(call, async (tx) => readTenant(tx, call, (await addTenant(tx, hooks, call, input)).id))

/** The creation inside a transaction: also what an import does, row by row. */
export async function addTenant(
  tx: Transaction,
  hooks: TenantHooks,
  call: CallContext,
  input: CreateTenant,
): Promise<TenantRecord> {
  const parent = await repository.getTenant(tx, call.scope, input.parent_id)
  refuseDeleted(parent)
  const locations = await placement.listLocations(tx)

  const draft = decideTenant(parent, input, locations, call.now)
  const company = decideCompany(input.company)

  const counter = await repository.countChild(tx, parent)
  const tenant = placeUnder(parent, counter, draft)
  if (tenant.local_parent_id === null) await repository.insertRealm(tx, tenant)
  await repository.insertTenant(tx, tenant, { ...noCompany, ...company })
  for (const hook of hooks.afterCreate) await hook(tx, call, { tenant, parent })
  await noteCreated(tx, call, tenant)
  return tenant
}

type Draft = Omit<TenantRecord, 'realm_id' | 'path' | 'local_parent_id'>

function decideTenant(
  parent: TenantRecord,
  input: CreateTenant,
  locations: Parameters<typeof placement.decideLocation>[2],
  now: Instant,
): Draft {
  const level = decideLevel(parent.level, input.level)
  const serviceTypes = decideServiceTypes(parent, input)
  const country = placement.decideCountry(input.device_country, 'device_country')
  const trial = decideTrial(level, input.in_trial, now)
  return {
    ...startingValues,
    id: newId(),
    parent_id: parent.id,
    level,
    name: input.name,
    name_key: toNameKey(input.name),
    service_type: serviceTypes.own,
    provided_service_types: serviceTypes.provided,
    device_country: country,
    storage_location: placement.decideLocation(country, input.storage_location, locations),
    state: trial.state,
    trial_ends_at: trial.trialEndsAt,
    usage_space_gb: input.usage_space_gb,
    auto_add_clients: input.auto_add_clients,
    email_reports: input.email_reports,
    send_welcome_mail: input.send_welcome_mail,
    external_id: input.external_id,
    created_at: toInstantText(now),
  }
}

const startingValues = {
  child_counter: 0n,
  child_count: 0,
  version: 1,
  inactivated_at: null,
  former_state: null,
  deleted_at: null,
  deletion_id: null,
}

/** A direct child of the vendor is the root of a realm of its own. */
function placeUnder(parent: TenantRecord, counter: bigint, draft: Draft): TenantRecord {
  const isRoot = parent.level === 'vendor'
  return {
    ...draft,
    path: `${parent.path}${toSegment(counter)}`,
    realm_id: isRoot ? counter : parent.realm_id,
    local_parent_id: isRoot ? null : parent.id,
  }
}

const noCompany = Object.fromEntries(companyFields.map((field) => [field, null])) as CompanyFields

function decideCompany(sent: CreateTenant['company']): Partial<CompanyFields> {
  if (sent?.country) placement.decideCountry(sent.country, 'company/country')
  return Object.fromEntries(Object.entries(sent ?? {}).filter(([, value]) => value !== undefined))
}

async function noteCreated(tx: Transaction, call: CallContext, tenant: TenantRecord): Promise<void> {
  await audit.append(tx, call, {
    action: 'tenant.created',
    realmId: tenant.realm_id,
    path: tenant.path,
    object: { kind: 'tenant', id: tenant.id },
    before: null,
    after: { name: tenant.name, level: tenant.level, storage_location: tenant.storage_location, state: tenant.state },
  })
  await publish(tx, {
    realmId: tenant.realm_id,
    topic: 'tenant.created',
    path: tenant.path,
    payload: { tenant_id: tenant.id },
  })
}

/** Edits a tenant of the version that the caller read. Throws not_found, stale_version, tenant_name_taken. R-PLACE-3: the location stays. */
export const updateTenant = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number; change: UpdateTenant },
) =>
  db.transaction(call, async (tx) => {
    const tenant = await repository.getTenant(tx, call.scope, input.id)
    refuseDeleted(tenant)
    if (tenant.version !== input.version) throw new Problem('stale_version', { params: { version: tenant.version } })

    const change = decideChange(input.change)
    const company = decideCompany(input.change.company)
    const before = { ...tenant, ...prefixed(await repository.getCompany(tx, tenant)) }

    const saved = await repository.updateTenant(tx, tenant, change, company)
    if (!saved) throw new Problem('stale_version')
    await noteUpdated(tx, call, before, { ...change, ...prefixed(company) })
    return readTenant(tx, call, tenant.id)
  })

function decideChange({ company: _company, ...fields }: UpdateTenant): TenantChange {
  const { name } = fields
  if (fields.device_country !== undefined) placement.decideCountry(fields.device_country, 'device_country')
  const change = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return name === undefined ? change : { ...change, name_key: toNameKey(name) }
}

const prefixed = (company: Partial<CompanyFields>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(company).map(([field, value]) => [`company_${field}`, value]))

type Value = string | number | boolean | null

async function noteUpdated(
  tx: Transaction,
  call: CallContext,
  tenant: TenantRecord & Record<string, unknown>,
  change: Record<string, Value>,
): Promise<void> {
  const { name_key: _nameKey, ...after } = change
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, tenant[field] as Value]))
  await audit.append(tx, call, {
    action: 'tenant.updated',
    realmId: tenant.realm_id,
    path: tenant.path,
    object: { kind: 'tenant', id: tenant.id },
    before,
    after,
    personal: ['before', 'after'].flatMap((side) => [
      `/${side}/company_contact_name`,
      `/${side}/company_contact_email`,
    ]),
  })
}

export type VendorInput = { name: string; company?: CreateTenant['company'] }

/** Makes the vendor, the root of the whole tree, unless there is one. Answers its record. */
export const ensureVendor = (db: Database, call: CallContext, input: VendorInput): Promise<TenantRecord> =>
  db.work(call, async (tx) => {
    const present = await repository.findVendor(tx)
    if (present !== null) return present
    const vendor: TenantRecord = {
      ...startingValues,
      realm_id: 0n,
      id: newId(),
      path: vendorPath,
      parent_id: null,
      local_parent_id: null,
      level: 'vendor',
      name: input.name,
      name_key: toNameKey(input.name),
      service_type: 'all_inclusive',
      provided_service_types: ['all_inclusive', 'software_only'],
      device_country: 'DE',
      storage_location: 'germany',
      state: 'production',
      trial_ends_at: null,
      usage_space_gb: null,
      auto_add_clients: false,
      email_reports: false,
      send_welcome_mail: false,
      external_id: null,
      created_at: toInstantText(call.now),
    }
    await repository.insertRealm(tx, vendor)
    await repository.insertTenant(tx, vendor, { ...noCompany, ...decideCompany(input.company) })
    await noteCreated(tx, call, vendor)
    return vendor
  })

/** The parent of the tenant, for a rule that speaks of the edge between them. Throws buyer_not_direct. */
export function decideDirectChild(seller: { tenantId: string }, buyer: TenantRecord, field: string): TenantRecord {
  if (buyer.parent_id !== seller.tenantId) throw fieldProblem('buyer_not_direct', field)
  return buyer
}

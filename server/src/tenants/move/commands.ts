import type { MoveFinding, MovePreview, Tenant } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { dayOf } from '../../kernel/time.ts'
import { toSegment } from '../../kernel/tree.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { TenantHooks } from '../hooks.ts'
import { refuseOwn } from '../life/domain.ts'
import { readTenant } from '../queries.ts'
import { countChild, getTenant, type TenantRecord } from '../repository.ts'
import { checkPlace, computeSight, decideMove } from './domain.ts'
import * as repository from './repository.ts'

type Move = { id: string; parentId: string; allowUnlicensed: boolean }
type Ends = { tenant: TenantRecord; parent: TenantRecord }

async function load(tx: Transaction, call: CallContext, { id, parentId }: Move): Promise<Ends> {
  const tenant = await getTenant(tx, call.scope, id)
  return { tenant, parent: await getTenant(tx, call.scope, parentId) }
}

type Checked = Ends & Pick<Move, 'allowUnlicensed'>

async function check(tx: Transaction, hooks: TenantHooks, call: CallContext, ends: Checked): Promise<MoveFinding[]> {
  const findings = checkPlace(ends.tenant, ends.parent)
  if (findings.some(({ refuses }) => refuses)) return findings
  for (const hook of hooks.checkMove) findings.push(...(await hook(tx, call, ends)))
  return findings.map((finding) =>
    finding.code === 'licenses_missing' ? { ...finding, refuses: !ends.allowUnlicensed } : finding,
  )
}

/** What a move would do; nothing is changed. Throws not_found. R-TREE-6. */
export const previewMove = (db: Database, hooks: TenantHooks, call: CallContext, move: Move): Promise<MovePreview> =>
  db.transaction(call, async (tx) => {
    const ends = await load(tx, call, move)
    const findings = await check(tx, hooks, call, { ...ends, allowUnlicensed: move.allowUnlicensed })
    const sight = computeSight(ends.tenant.path, ends.parent.path)
    const { tenants, devices } = await repository.countMoved(tx, ends.tenant)
    return {
      allowed: !findings.some(({ refuses }) => refuses),
      findings,
      tenant_count: tenants,
      device_count: devices,
      moves_on: dayOf(call.now).toString(),
      losing_sight: await repository.listAt(tx, sight.losing),
      gaining_sight: await repository.listAt(tx, sight.gaining),
    }
  })

/**
 * Moves a tenant with everything below it under another parent of the caller's subtree. R-TREE-6. Trials, storage locations and invoices, drafts
 * too, stay; who stood above it only before loses sight at once; from this day on it is charged in the new chain. R-BILL-9.
 * Throws not_found, move_under_self, parent_level_invalid, service_type_not_offered, offer_not_offered, tenant_name_taken, state_conflict,
 * licenses_missing unless that is allowed, resource_locked while a billing run goes on.
 */
export const moveTenant = (db: Database, hooks: TenantHooks, call: CallContext, move: Move): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const ends = await load(tx, call, move)
    const { allowUnlicensed } = move
    decideMove(await check(tx, hooks, call, { ...ends, allowUnlicensed }))
    refuseOwn(call.scope.tenantId, ends.tenant)

    const arrivals = []
    for (const hook of hooks.beforeMove) arrivals.push(await hook(tx, call, ends))
    const place = await choosePlace(tx, ends)
    await repository.moveSubtree(tx, {
      from: ends.tenant.path,
      to: place.path,
      parentId: ends.parent.id,
      realmId: place.realmId,
      day: dayOf(call.now).toString(),
    })
    const moved = await getTenant(tx, call.scope, ends.tenant.id)
    for (const hook of hooks.afterMove) await hook(tx, call, { tenant: moved, parent: ends.parent })
    for (const arrive of arrivals) await arrive({ tenant: moved, parent: ends.parent, allowUnlicensed })
    await note(tx, call, ends, moved)
    return readTenant(tx, call, moved.id)
  })

/** The next place under the parent. Under the vendor it is a realm of its own; the name has to be free there. */
async function choosePlace(tx: Transaction, { tenant, parent }: Ends): Promise<{ path: string; realmId: bigint }> {
  const counter = await countChild(tx, parent)
  const path = `${parent.path}${toSegment(counter)}`
  if (tenant.local_parent_id === null) await repository.retireRealm(tx, tenant)
  if (parent.level !== 'vendor') return { path, realmId: parent.realm_id }
  const realmId = (await repository.findRealmOf(tx, tenant)) ?? counter
  await repository.saveRealmRoot(tx, { realmId, tenant, parentId: parent.id, path })
  return { path, realmId }
}

const note = (tx: Transaction, call: CallContext, { tenant, parent }: Ends, moved: TenantRecord): Promise<void> =>
  audit.append(tx, call, {
    action: 'tenant.moved',
    realmId: moved.realm_id,
    path: moved.path,
    object: { kind: 'tenant', id: moved.id },
    before: { parent_id: tenant.parent_id },
    after: { parent_id: parent.id },
  })

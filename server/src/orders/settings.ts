import type { orderSettings, PaymentMode, paymentModeOf } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import type { Database, Transaction } from '../platform/database.ts'
import * as tenants from '../tenants/index.ts'
import { mayOrderByDefault } from './domain.ts'
import type { PaymentModeRecord } from './repository.ts'
import * as repository from './repository.ts'

type ModeOf = z.infer<typeof paymentModeOf>
type Settings = z.infer<typeof orderSettings>

async function getBuyer(tx: Transaction, call: CallContext, id: string): Promise<tenants.TenantRecord> {
  const buyer = await tenants.getTenant(tx, call.scope, id)
  if (buyer.level === 'site' || buyer.level === 'vendor') throw fieldProblem('sites_buy_nothing', 'id')
  return buyer
}

const toModeOf = (row: PaymentModeRecord | null): ModeOf =>
  row === null || row.is_pending
    ? { mode: null, fixed_at: null, version: 0 }
    : { mode: row.mode, fixed_at: row.fixed_at, version: row.version }

/** Throws not_found, sites_buy_nothing. */
export const getPaymentMode = (db: Database, call: CallContext, id: string): Promise<ModeOf> =>
  db.transaction(call, async (tx) => toModeOf(await repository.findPaymentMode(tx, await getBuyer(tx, call, id))))

/**
 * Changes the payment mode of a buyer from its next period on: vendor support alone, with a reason. R-BUY-2.
 * Throws not_found, contact_support, state_conflict where no order has fixed one, stale_version.
 */
export const setPaymentMode = (
  db: Database,
  call: CallContext,
  { id, mode, reason }: { id: string; mode: PaymentMode; reason: string },
): Promise<ModeOf> =>
  db.transaction(call, async (tx) => {
    const buyer = await getBuyer(tx, call, id)
    if (!call.may.has('tenants.relocate')) throw new Problem('contact_support')
    const before = await repository.findPaymentMode(tx, buyer)
    if (before === null || before.is_pending)
      throw new Problem('state_conflict', { detail: 'No accepted order has fixed a payment mode yet.' })
    if (before.mode === mode) return toModeOf(before)
    if (!(await repository.changePaymentMode(tx, before, mode))) throw new Problem('stale_version')
    await audit.append(tx, call, {
      action: 'payment_mode.changed',
      realmId: buyer.realm_id,
      path: buyer.path,
      object: { kind: 'tenant', id: buyer.id },
      before: { payment_mode: before.mode },
      after: { payment_mode: mode, reason },
    })
    return toModeOf(await repository.findPaymentMode(tx, buyer))
  })

const toSettings = (buyer: tenants.TenantRecord, set: boolean | null): Settings => ({
  may_order: set ?? mayOrderByDefault(buyer.level),
  is_default: set === null,
})

/** Throws not_found, sites_buy_nothing. */
export const getOrderSettings = (db: Database, call: CallContext, id: string): Promise<Settings> =>
  db.transaction(call, async (tx) => {
    const buyer = await getBuyer(tx, call, id)
    return toSettings(buyer, await repository.findMayOrder(tx, buyer))
  })

/** Whether a buyer's own users may order: its seller says. R-BUY-1. Throws not_found, sites_buy_nothing, buyer_not_direct. */
export const setOrderSettings = (
  db: Database,
  call: CallContext,
  { id, mayOrder }: { id: string; mayOrder: boolean },
): Promise<Settings> =>
  db.transaction(call, async (tx) => {
    const buyer = tenants.decideDirectChild(call.scope, await getBuyer(tx, call, id), 'id')
    const before = await repository.findMayOrder(tx, buyer)
    if (before === mayOrder) return toSettings(buyer, before)
    const key = { realm_id: buyer.realm_id, buyer_id: buyer.id, path: buyer.path }
    await repository.saveMayOrder(tx, { ...key, may_order: mayOrder, version: 1 })
    await audit.append(tx, call, {
      action: 'order_settings.changed',
      realmId: buyer.realm_id,
      path: buyer.path,
      object: { kind: 'tenant', id: buyer.id },
      before: { may_order: before ?? mayOrderByDefault(buyer.level) },
      after: { may_order: mayOrder },
    })
    return toSettings(buyer, mayOrder)
  })

import type { MoveFinding } from '@tenantree/contract'
import type { CallContext } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'
import type { TenantRecord } from './repository.ts'

type Edge = { tenant: TenantRecord; parent: TenantRecord }

/** A tenant at its new place; whether its holders may be left without licenses. R-TREE-6. */
export type Moving = Edge & { allowUnlicensed: boolean }

/** What slices above do in the transaction of a change here. Filled once, by the composition root. */
export type TenantHooks = {
  /** The tenant and its parent exist; a throw undoes both. */
  afterCreate: ((tx: Transaction, call: CallContext, created: Edge) => Promise<void>)[]
  /** Throws where something keeps the tenant, such as commitment_running. R-TREE-8. */
  beforeDelete: ((tx: Transaction, call: CallContext, tenant: TenantRecord) => Promise<void>)[]
  /** What stands against the tenant under that parent, or has to be seen to. R-TREE-6. */
  checkMove: ((tx: Transaction, call: CallContext, edge: Edge) => Promise<MoveFinding[]>)[]
  /** Still at its old place: what has to be given back there. The answer is done when it stands at the new one; a throw undoes the move. */
  beforeMove: ((tx: Transaction, call: CallContext, edge: Edge) => Promise<(moved: Moving) => Promise<void>>)[]
  /** The tenant stands under its new parent; a throw undoes the move. */
  afterMove: ((tx: Transaction, call: CallContext, moved: Edge) => Promise<void>)[]
}

export const createTenantHooks = (): TenantHooks => ({
  afterCreate: [],
  beforeDelete: [],
  checkMove: [],
  beforeMove: [],
  afterMove: [],
})

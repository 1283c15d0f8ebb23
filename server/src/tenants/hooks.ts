import type { CallContext } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'
import type { TenantRecord } from './repository.ts'

/** What slices above do in the transaction of a change here. Filled once, by the composition root. */
export type TenantHooks = {
  /** The tenant and its parent exist; a throw undoes both. */
  afterCreate: ((
    tx: Transaction,
    call: CallContext,
    created: { tenant: TenantRecord; parent: TenantRecord },
  ) => Promise<void>)[]
}

export const createTenantHooks = (): TenantHooks => ({ afterCreate: [] })

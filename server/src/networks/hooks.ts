import type { LicenseHolderKind } from '@tenantree/contract'
import type { CallContext } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'

export type Leaving = { kind: LicenseHolderKind; id: string; realm_id: bigint; path: string }

/** What slices above do when a holder of licenses is removed, in the same transaction. Filled once, by the composition root. */
export type HolderHooks = { beforeRemove: ((tx: Transaction, call: CallContext, holder: Leaving) => Promise<void>)[] }

export const createHolderHooks = (): HolderHooks => ({ beforeRemove: [] })

import type { RawBuilder, SqlBool } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'

type StateHook = (
  tx: Transaction,
  device: { realm_id: bigint; id: string },
  state: 'active' | 'uninstalled',
  call: Pick<CallContext, 'now'>,
) => Promise<void>

/** What slices above say of devices. Filled once, by the composition root. */
export type DeviceHooks = {
  /** Conditions on a device `d` that keep a silent one: a license that it holds, a pairing. R-KEEP-1. */
  keepsSilent: RawBuilder<SqlBool>[]
  /** The agent was uninstalled, or is back. R-ACT-5. */
  stateChanged: StateHook[]
}

export const createDeviceHooks = (): DeviceHooks => ({ keepsSilent: [], stateChanged: [] })

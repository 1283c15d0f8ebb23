import type { RawBuilder, SqlBool } from 'kysely'

/** What slices above say of devices. Filled once, by the composition root. */
export type DeviceHooks = {
  /** Conditions on a device `d` that keep a silent one: a license that it holds, a pairing. R-KEEP-1. */
  keepsSilent: RawBuilder<SqlBool>[]
}

export const createDeviceHooks = (): DeviceHooks => ({ keepsSilent: [] })

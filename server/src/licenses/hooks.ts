import type { CallContext } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'
import type { LicenseRecord } from './repository.ts'

export type EditionChange = {
  license: LicenseRecord
  from: { offer_id: string }
  to: { offer_id: string }
  day: string
}

/** What slices above say of licenses. Filled once, by the composition root. */
export type LicenseHooks = {
  /** Below zero where the other edition is cheaper on the buyer's edge. R-LIC-8. */
  comparePrices: ((tx: Transaction, call: CallContext, change: Omit<EditionChange, 'from'>) => Promise<number>)[]
  /** The edition counts from that day: what was charged of the old one is credited. R-LIC-8. */
  afterEditionChange: ((tx: Transaction, call: CallContext, change: EditionChange) => Promise<void>)[]
  /** Whether a device works without a license, since its own trial of the product runs. R-TRIAL-2. */
  isInTrial: ((
    tx: Transaction,
    device: { realm_id: bigint; device_id: string; product_key: string },
  ) => Promise<boolean>)[]
}

export const createLicenseHooks = (): LicenseHooks => ({ comparePrices: [], afterEditionChange: [], isInTrial: [] })

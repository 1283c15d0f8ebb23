import { vendorPath } from '../../kernel/tree.ts'
import type { CardProvider, Payments } from './port.ts'

/** By invoice always; by card where a provider is set up, for the vendor's own buyers. R-BUY-4. */
export const createPayments = (cards: CardProvider | null): Payments => ({
  cards,
  takesCards: (sellerPath) => cards !== null && sellerPath === vendorPath,
})

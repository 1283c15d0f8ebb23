import type { Money } from '../../kernel/money.ts'

/** A charge of a card that its owner has left. `key` makes it once, however often it is asked for. */
export type CardCharge = {
  key: string
  customerReference: string
  cardReference: string
  amount: Money
  description: string
}
export type ChargeOutcome =
  | { state: 'succeeded'; reference: string }
  | { state: 'failed'; reference: string | null; failure: string }
  /** Nobody knows yet: asked again with the same key, or told by an event. */
  | { state: 'unknown' }

export type SavedCard = { cardReference: string; brand: string; last4: string; expiresOn: string }
export type PaymentEvent =
  | { kind: 'card_saved'; customerReference: string; card: SavedCard }
  | { kind: 'charge_settled'; key: string; outcome: ChargeOutcome }
  | { kind: 'other' }

/** A provider that takes cards. R-BUY-4. */
export type CardProvider = {
  /** Throws card_amount_invalid for an amount that a card cannot be charged exactly. */
  checkAmount(amount: Money): void
  createCustomer(key: string, customer: { name: string; email: string | null }): Promise<string>
  /** Answers the page where the card is entered. */
  startSetUp(customerReference: string, returnUrl: string): Promise<string>
  charge(charge: CardCharge): Promise<ChargeOutcome>
  refund(refund: { key: string; reference: string }): Promise<ChargeOutcome>
  /** Throws payment_event_refused for a body that the provider has not signed. */
  readEvent(body: string, signature: string): Promise<PaymentEvent>
}

/** The two ways to pay: by invoice, which is always accepted, and by card, where there is a provider. */
export type Payments = {
  cards: CardProvider | null
  /** The card provider's account is the vendor's, so the vendor's own buyers pay by card; other sellers invoice. */
  takesCards(sellerPath: string): boolean
}

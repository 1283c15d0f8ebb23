import Stripe from 'stripe'
import { Problem } from '../../kernel/problem.ts'
import { toStripeAmount } from './domain.ts'
import type { CardProvider, ChargeOutcome, PaymentEvent, SavedCard } from './port.ts'

export type StripeOptions = {
  secretKey: string
  webhookSecret: string
  /** Of a stand-in on this very machine; null is Stripe itself. */
  apiBase: string | null
}

const timeoutMs = 20_000

/** Card payments by Stripe. No card number reaches this server: it is entered on Stripe's page. R-BUY-4. */
export function openStripe(options: StripeOptions): CardProvider {
  const stripe = new Stripe(options.secretKey, { ...toHost(options.apiBase), timeout: timeoutMs, telemetry: false })
  return {
    checkAmount: (amount) => {
      toStripeAmount(amount)
    },
    createCustomer: async (key, { name, email }) => {
      const customer = await reach(() =>
        stripe.customers.create({ name, ...(email === null ? {} : { email }) }, { idempotencyKey: key }),
      )
      return customer.id
    },
    startSetUp: (customerReference, returnUrl) => startSetUp(stripe, customerReference, returnUrl),
    charge: ({ key, customerReference, cardReference, amount, description }) =>
      toOutcome(() =>
        stripe.paymentIntents.create(
          {
            ...toStripeAmount(amount),
            customer: customerReference,
            payment_method: cardReference,
            description,
            confirm: true,
            off_session: true,
            metadata: { charge_id: key },
          },
          { idempotencyKey: key },
        ),
      ),
    refund: ({ key, reference }) => refund(stripe, { key, reference }),
    readEvent: (body, signature) => readEvent(stripe, { body, signature, secret: options.webhookSecret }),
  }
}

function toHost(apiBase: string | null) {
  if (apiBase === null) return {}
  const { hostname, port } = new URL(apiBase)
  return { host: hostname, port, protocol: 'http' as const }
}

/** Throws payment_unavailable where Stripe does not answer. */
async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) throw new Problem('payment_unavailable')
    throw error
  }
}

async function startSetUp(stripe: Stripe, customer: string, returnUrl: string): Promise<string> {
  const session = await reach(() =>
    stripe.checkout.sessions.create({
      mode: 'setup',
      customer,
      allowed_payment_method_types: ['card'],
      success_url: returnUrl,
      cancel_url: returnUrl,
    }),
  )
  if (session.url === null) throw new Problem('payment_unavailable')
  return session.url
}

type Intent = Pick<Stripe.PaymentIntent, 'id' | 'status' | 'last_payment_error'>

/** A refused card is an answer; a server that is down, busy or slow is none, and the same key is asked again. */
async function toOutcome(ask: () => Promise<Intent>): Promise<ChargeOutcome> {
  try {
    return fromIntent(await ask())
  } catch (error) {
    return fromError(error)
  }
}

function fromIntent({ id, status, last_payment_error }: Intent): ChargeOutcome {
  if (status === 'succeeded') return { state: 'succeeded', reference: id }
  if (status === 'processing') return { state: 'unknown' }
  return { state: 'failed', reference: id, failure: last_payment_error?.message ?? `The payment is ${status}.` }
}

function fromError(error: unknown): ChargeOutcome {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors
  if (error instanceof StripeCardError)
    return { state: 'failed', reference: error.payment_intent?.id ?? null, failure: error.message }
  // What Stripe cannot make sense of stays so; a key that is being worked on is told apart by 409.
  if (error instanceof StripeInvalidRequestError && error.statusCode !== 409)
    return { state: 'failed', reference: null, failure: error.message }
  if (error instanceof Stripe.errors.StripeError) return { state: 'unknown' }
  throw error
}

async function refund(stripe: Stripe, { key, reference }: { key: string; reference: string }): Promise<ChargeOutcome> {
  try {
    const { id } = await stripe.refunds.create({ payment_intent: reference }, { idempotencyKey: key })
    return { state: 'succeeded', reference: id }
  } catch (error) {
    return fromError(error)
  }
}

async function readEvent(
  stripe: Stripe,
  { body, signature, secret }: { body: string; signature: string; secret: string },
): Promise<PaymentEvent> {
  const event = construct(stripe, { body, signature, secret })
  if (event.type === 'checkout.session.completed') return toCardSaved(stripe, event.data.object)
  if (event.type === 'payment_intent.succeeded' || event.type === 'payment_intent.payment_failed')
    return toChargeSettled(event.data.object)
  return { kind: 'other' }
}

function construct(stripe: Stripe, sent: { body: string; signature: string; secret: string }): Stripe.Event {
  try {
    return stripe.webhooks.constructEvent(sent.body, sent.signature, sent.secret)
  } catch {
    throw new Problem('payment_event_refused')
  }
}

const idOf = (reference: string | { id: string } | null): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null)

async function toCardSaved(stripe: Stripe, session: Stripe.Checkout.Session): Promise<PaymentEvent> {
  const setUp = idOf(session.setup_intent)
  const customerReference = idOf(session.customer)
  if (session.mode !== 'setup' || setUp === null || customerReference === null) return { kind: 'other' }
  const intent = await reach(() => stripe.setupIntents.retrieve(setUp, { expand: ['payment_method'] }))
  const card = toSavedCard(intent.payment_method)
  return card === null ? { kind: 'other' } : { kind: 'card_saved', customerReference, card }
}

function toSavedCard(method: string | Stripe.PaymentMethod | null): SavedCard | null {
  if (method === null || typeof method === 'string' || method.card == null) return null
  const { brand, last4, exp_month, exp_year } = method.card
  return {
    cardReference: method.id,
    brand,
    last4,
    expiresOn: `${exp_year}-${String(exp_month).padStart(2, '0')}`,
  }
}

function toChargeSettled(intent: Stripe.PaymentIntent): PaymentEvent {
  const key = intent.metadata.charge_id
  return key === undefined ? { kind: 'other' } : { kind: 'charge_settled', key, outcome: fromIntent(intent) }
}

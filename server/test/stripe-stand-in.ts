import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'

// biome-ignore lint/suspicious/noExplicitAny: objects as Stripe sends them
type Json = any
type Answer = { status: number; body: Json }
type Asked = { method: string; path: string; form: URLSearchParams; key: string | null }

/** Cards by the names that Stripe gives its test cards. */
export type TestCard = 'pm_card_visa' | 'pm_card_chargeDeclined' | 'pm_card_authenticationRequired'

/** What stands in for Stripe on this machine: it speaks its wire format, keeps idempotency keys and signs its events. */
export type StripeStandIn = {
  options: { secretKey: string; webhookSecret: string; apiBase: string }
  /** The payments that were made, once each, whatever was repeated. */
  payments: { id: string; key: string; amount: number; currency: string; status: string; customer: string }[]
  refunds: { id: string; payment_intent: string }[]
  /** From now on every payment with this card is refused, or taken again. */
  replaceCard(customer: string, card: TestCard): void
  /** The next answers are lost after the payment, or what else was asked for, was made: what a crash or a broken line looks like. */
  loseAnswers(count: number, path?: string): void
  /** Enters a card on the page of a set-up, and answers the event that Stripe sends. */
  enterCard(pageUrl: string, card: TestCard): { body: string; signature: string }
  sign(event: Json): { body: string; signature: string }
  close(): Promise<void>
}

const secretKey = 'sk_test_standin12345678'
const webhookSecret = 'whsec_standin12345678'

const invalid = (message: string, status = 400): Answer => ({
  status,
  body: { error: { type: 'invalid_request_error', message } },
})

const declines: Partial<Record<string, { code: string; message: string }>> = {
  pm_card_chargeDeclined: { code: 'card_declined', message: 'Your card was declined.' },
  pm_card_authenticationRequired: {
    code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
}

export async function openStripeStandIn(): Promise<StripeStandIn> {
  const payments: StripeStandIn['payments'] = []
  const refunds: StripeStandIn['refunds'] = []
  const replies = new Map<string, { sent: string; answer: Answer }>()
  const sessions = new Map<string, Json>()
  const setUps = new Map<string, Json>()
  const cards = new Map<string, string>()
  const customers = new Map<string, Json>()
  let counter = 0
  let lost = { count: 0, path: '' }
  const newId = (prefix: string) => {
    counter += 1
    return `${prefix}_standin${counter}`
  }

  const routes: [RegExp, (asked: Asked, id: string) => Answer][] = [
    [
      /^POST \/v1\/customers$/,
      ({ form }) =>
        store(customers, { id: newId('cus'), object: 'customer', name: form.get('name'), email: form.get('email') }),
    ],
    [/^POST \/v1\/checkout\/sessions$/, ({ form }) => startSession(form)],
    [
      /^GET \/v1\/setup_intents\/(\w+)$/,
      (_asked, id) => (setUps.has(id) ? { status: 200, body: setUps.get(id) } : invalid('No such setupintent', 404)),
    ],
    [/^POST \/v1\/payment_intents$/, (asked) => pay(asked)],
    [/^POST \/v1\/refunds$/, ({ form }) => refund(form)],
  ]

  const store = (into: Map<string, Json>, body: Json): Answer => {
    into.set(body.id, body)
    return { status: 200, body }
  }

  function startSession(form: URLSearchParams): Answer {
    const customer = form.get('customer') ?? ''
    if (!customers.has(customer)) return invalid(`No such customer: '${customer}'`)
    if (form.get('mode') !== 'setup') return invalid('Only set-ups are known here')
    const id = newId('cs_test')
    const url = `http://127.0.0.1/c/pay/${id}`
    return store(sessions, {
      id,
      object: 'checkout.session',
      mode: 'setup',
      customer,
      url,
      setup_intent: newId('seti'),
      status: 'open',
    })
  }

  function pay({ form, key }: Asked): Answer {
    const customer = form.get('customer') ?? ''
    const card = cards.get(form.get('payment_method') ?? '')
    if (!customers.has(customer) || card === undefined) return invalid('No such PaymentMethod')
    return makePayment({ form, key, customer, decline: declines[card] })
  }

  type Payment = { form: URLSearchParams; key: string | null; customer: string; decline: (typeof declines)[string] }
  function makePayment({ form, key, customer, decline }: Payment): Answer {
    if (!/^[1-9]\d{0,7}$/.test(form.get('amount') ?? '')) return invalid('Invalid integer: amount')
    const made = {
      id: newId('pi'),
      key: key ?? '',
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      customer,
    }
    const intent = { ...made, object: 'payment_intent', metadata: { charge_id: form.get('metadata[charge_id]') } }
    payments.push({ ...made, status: decline === undefined ? 'succeeded' : 'failed' })
    if (decline === undefined)
      return { status: 200, body: { ...intent, status: 'succeeded', last_payment_error: null } }
    const error = { type: 'card_error', code: decline.code, decline_code: 'generic_decline', message: decline.message }
    return {
      status: 402,
      body: { error: { ...error, payment_intent: { ...intent, status: 'requires_payment_method' } } },
    }
  }

  function refund(form: URLSearchParams): Answer {
    const payment = payments.find(({ id }) => id === form.get('payment_intent'))
    if (payment === undefined) return invalid('No such payment_intent', 404)
    const body = { id: newId('re'), object: 'refund', payment_intent: payment.id, status: 'succeeded' }
    refunds.push({ id: body.id, payment_intent: payment.id })
    return { status: 200, body }
  }

  /** The same key gives the same answer; with other parameters it is an error. Refused cards are kept too. */
  function answerOnce(asked: Asked): Answer {
    const route = routes.find(([pattern]) => pattern.test(`${asked.method} ${asked.path}`))
    if (route === undefined) return invalid(`Unrecognized request URL (${asked.method}: ${asked.path})`, 404)
    const act = () => route[1](asked, route[0].exec(`${asked.method} ${asked.path}`)?.[1] ?? '')
    if (asked.key === null) return act()
    const sent = `${asked.path} ${asked.form}`
    const known = replies.get(asked.key)
    if (known !== undefined && known.sent !== sent)
      return {
        status: 400,
        body: {
          error: {
            type: 'idempotency_error',
            message: 'Keys for idempotent requests can only be used with the same parameters',
          },
        },
      }
    const answer = known?.answer ?? act()
    replies.set(asked.key, { sent, answer })
    return answer
  }

  const server = createServer(async (request, response) => {
    const asked = await read(request)
    if (request.headers.authorization !== `Bearer ${secretKey}`) {
      send(response, {
        status: 401,
        body: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } },
      })
      return
    }
    const answer = answerOnce(asked)
    if (lost.count > 0 && asked.path === lost.path) {
      lost.count -= 1
      request.socket.destroy()
      return
    }
    send(response, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sdk = new Stripe(secretKey)
  const sign = (event: Json) => {
    const body = JSON.stringify(event)
    return { body, signature: sdk.webhooks.generateTestHeaderString({ payload: body, secret: webhookSecret }) }
  }

  return {
    options: { secretKey, webhookSecret, apiBase },
    payments,
    refunds,
    sign,
    loseAnswers: (count, path = '/v1/payment_intents') => {
      lost = { count, path }
    },
    replaceCard: (customer, card) => {
      for (const setUp of setUps.values()) if (setUp.customer === customer) cards.set(setUp.payment_method.id, card)
    },
    enterCard: (pageUrl, card) => {
      const session = sessions.get(pageUrl.split('/').at(-1) ?? '')
      const method = {
        id: newId('pm'),
        object: 'payment_method',
        card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2031 },
      }
      cards.set(method.id, card)
      setUps.set(session.setup_intent, {
        id: session.setup_intent,
        object: 'setup_intent',
        customer: session.customer,
        payment_method: method,
        status: 'succeeded',
      })
      const object = { ...session, status: 'complete' }
      return sign({ id: newId('evt'), object: 'event', type: 'checkout.session.completed', data: { object } })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const key = request.headers['idempotency-key']
  return {
    method: request.method ?? '',
    path: new URL(request.url ?? '', 'http://stand-in').pathname,
    form: new URLSearchParams(Buffer.concat(chunks).toString('utf8')),
    key: typeof key === 'string' ? key : null,
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_standin' })
  response.end(JSON.stringify(body))
}

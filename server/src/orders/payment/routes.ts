import {
  idParams,
  orderSettings,
  paymentCard,
  paymentCardSetUp,
  paymentModeOf,
  received,
  setOrderSettings,
  setPaymentMode,
} from '@tenantree/contract'
import type { App } from '../../platform/http/app.ts'
import { openToAll, problemAnswers } from '../../platform/http/schemas.ts'
import { requirePurchase } from '../commands.ts'
import type { OrderOptions } from '../routes.ts'
import * as settings from '../settings.ts'
import * as cards from './cards.ts'

const tags = ['orders']

export function addPaymentRoutes(app: App, options: OrderOptions): void {
  addModeRoutes(app, options)
  addSettingsRoutes(app, options)
  addCardRoutes(app, options)
  addEventRoute(app, options)
}

function addModeRoutes(app: App, { db }: OrderOptions): void {
  app.get(
    '/v1/tenants/:id/payment-mode',
    {
      schema: {
        operationId: 'getPaymentMode',
        tags,
        summary: 'What a buyer is charged for at once: a month or a year',
        params: idParams,
        response: { 200: paymentModeOf, ...problemAnswers },
      },
    },
    (request) => settings.getPaymentMode(db, request.call, request.params.id),
  )
  app.put(
    '/v1/tenants/:id/payment-mode',
    {
      config: { may: 'tenants.edit' },
      schema: {
        operationId: 'setPaymentMode',
        tags,
        summary: 'Change the payment mode from the next period on (vendor support)',
        params: idParams,
        body: setPaymentMode,
        response: { 200: paymentModeOf, ...problemAnswers },
      },
    },
    (request) => settings.setPaymentMode(db, request.call, { id: request.params.id, ...request.body }),
  )
}

function addSettingsRoutes(app: App, { db }: OrderOptions): void {
  app.get(
    '/v1/tenants/:id/order-settings',
    {
      schema: {
        operationId: 'getOrderSettings',
        tags,
        summary: "Whether a buyer's own users may order",
        params: idParams,
        response: { 200: orderSettings, ...problemAnswers },
      },
    },
    (request) => settings.getOrderSettings(db, request.call, request.params.id),
  )
  app.put(
    '/v1/tenants/:id/order-settings',
    {
      config: { may: 'offers.enable' },
      schema: {
        operationId: 'setOrderSettings',
        tags,
        summary: 'Let the users of one of your buyers order, or not',
        params: idParams,
        body: setOrderSettings,
        response: { 200: orderSettings, ...problemAnswers },
      },
    },
    (request) =>
      settings.setOrderSettings(db, request.call, { id: request.params.id, mayOrder: request.body.may_order }),
  )
}

function addCardRoutes(app: App, { db, payments, baseUrl }: OrderOptions): void {
  app.get(
    '/v1/tenants/:id/payment-card',
    {
      schema: {
        operationId: 'getPaymentCard',
        tags,
        summary: 'The card that a buyer has left, for the two ends of its edge',
        params: idParams,
        response: { 200: paymentCard, ...problemAnswers },
      },
    },
    (request) => cards.getPaymentCard(db, request.call, payments, request.params.id),
  )
  app.post(
    '/v1/tenants/:id/payment-card-setups',
    {
      config: { may: 'orders.place' },
      schema: {
        operationId: 'setUpPaymentCard',
        tags,
        summary: "Start entering a card on the payment provider's page",
        params: idParams,
        response: { 201: paymentCardSetUp, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const tenantId = request.params.id
      await requirePurchase(db, request.call, tenantId)
      const returnUrl = `${baseUrl()}/t/${tenantId}/orders`
      const started = await cards.setUpCard(db, request.call, payments, { tenantId, returnUrl })
      reply.code(201)
      return started
    },
  )
}

/** The provider signs the bytes that it sends: they are read as they came. */
function addEventRoute(app: App, { db, payments }: OrderOptions): void {
  app.register(async (events) => {
    events.removeContentTypeParser('application/json')
    events.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    events.post(
      '/v1/payment-events/stripe',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'receivePaymentEvent',
          tags,
          summary: 'Events of the payment provider, signed by it',
          security: openToAll,
          response: { 200: received, ...problemAnswers },
        },
      },
      async (request) => {
        await cards.receive(db, payments, {
          requestId: request.id,
          body: String(request.body ?? ''),
          signature: String(request.headers['stripe-signature'] ?? ''),
        })
        return { received: true as const }
      },
    )
  })
}

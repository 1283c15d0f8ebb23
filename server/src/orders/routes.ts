import { createOrder, idParams, order, orderPage, orderPreview, orderQuery } from '@tenantree/contract'
import type { CallContext } from '../kernel/context.ts'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import type { Payments } from './payment/port.ts'
import { addPaymentRoutes } from './payment/routes.ts'
import { runCharge } from './payment/settle.ts'
import { previewOrder } from './preview.ts'
import * as queries from './queries.ts'
import { settleAfter } from './settle-order.ts'
import * as withdrawal from './withdraw.ts'

export type OrderOptions = { db: Database; payments: Payments; baseUrl: () => string }

const tags = ['orders']

export function addOrderRoutes(app: App, options: OrderOptions): void {
  addPlacingRoutes(app, options)
  addReadingRoutes(app, options)
  addPaymentRoutes(app, options)
}

function addPlacingRoutes(app: App, { db, payments }: OrderOptions): void {
  app.post(
    '/v1/orders/preview',
    {
      config: { may: 'orders.place' },
      schema: {
        operationId: 'previewOrder',
        tags,
        summary: 'What an order would say and cost, to the cent; nothing is stored',
        body: createOrder,
        response: { 200: orderPreview, ...problemAnswers },
      },
    },
    (request) => previewOrder(db, request.call, payments, request.body),
  )
  app.post(
    '/v1/orders',
    {
      config: { may: 'orders.place' },
      schema: {
        operationId: 'placeOrder',
        tags,
        summary: 'Place an order; needs the right to purchase',
        headers: idempotencyHeaders,
        body: createOrder,
        response: { 201: order, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.requirePurchase(db, request.call, request.body.buyer_id)
      const placed = await answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.placeOrder(db, call, payments, request.body),
      })
      return settleAfter(db, request.call, payments, placed)
    },
  )
  app.post(
    '/v1/orders/:id/withdraw',
    {
      config: { may: 'orders.place' },
      schema: {
        operationId: 'withdrawOrder',
        tags,
        summary: 'Withdraw an order whole, within seven days',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: order, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await commands.requirePurchase(db, request.call, await withdrawal.findBuyer(db, request.call, id))
      const withdrawn = await answerOnce(db, request, reply, {
        status: 200,
        act: (call) => withdrawal.withdrawOrder(db, call, id),
      })
      await refund(db, request.call, payments, id)
      return withdrawn
    },
  )
}

/** The refund is asked for after the commit; what is not answered now is asked for again by the due task. */
async function refund(db: Database, call: CallContext, payments: Payments, orderId: string): Promise<void> {
  const open = await db.work(call, (tx) => withdrawal.findRefund(tx, orderId))
  if (open !== null) await runCharge(db, call, payments, open)
}

function addReadingRoutes(app: App, { db }: OrderOptions): void {
  app.get(
    '/v1/orders',
    {
      schema: {
        operationId: 'listOrders',
        tags,
        summary: 'Orders that your tenant has placed as a buyer or taken as a seller',
        querystring: orderQuery,
        response: { 200: orderPage, ...problemAnswers },
      },
    },
    (request) => queries.listOrders(db, request.call, request.query),
  )
  app.get(
    '/v1/orders/:id',
    {
      schema: {
        operationId: 'getOrder',
        tags,
        summary: 'An order with its lines',
        params: idParams,
        response: { 200: order, ...problemAnswers },
      },
    },
    (request) => queries.getOrder(db, request.call, request.params.id),
  )
}

import { createSubscription, subscription, subscriptionPage, subscriptionQuery } from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['subscriptions']

export function addSubscriptionRoutes(app: App, db: Database): void {
  app.get(
    '/v1/subscriptions',
    {
      schema: {
        operationId: 'listSubscriptions',
        tags,
        summary: 'Subscriptions of your subtree',
        querystring: subscriptionQuery,
        response: { 200: subscriptionPage, ...problemAnswers },
      },
    },
    (request) => queries.listSubscriptions(db, request.call, request.query),
  )
  app.post(
    '/v1/subscriptions',
    {
      config: { may: 'subscriptions.create' },
      schema: {
        operationId: 'createSubscription',
        tags,
        summary: 'Join an offer to an end customer',
        headers: idempotencyHeaders,
        body: createSubscription,
        response: { 201: subscription, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.createSubscription(db, call, request.body),
      }),
  )
}

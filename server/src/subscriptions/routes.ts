import {
  createSubscription,
  idParams,
  setSubscriptionState,
  subscription,
  subscriptionPage,
  subscriptionQuery,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import { addDeviceTrialRoutes } from './device-trials/routes.ts'
import { addFilePolicyRoutes } from './file-policies/routes.ts'
import * as queries from './queries.ts'
import { addTrialRoutes } from './trials/routes.ts'
import type { Unsubscribing } from './trials/unsubscribe.ts'

const tags = ['subscriptions']

export function addSubscriptionRoutes(app: App, db: Database, unsubscribing: Unsubscribing): void {
  addReading(app, db)
  addChanging(app, db)
  addDeviceTrialRoutes(app, db)
  addTrialRoutes(app, db, unsubscribing)
  addFilePolicyRoutes(app, db)
}

function addReading(app: App, db: Database): void {
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
  app.get(
    '/v1/subscriptions/:id',
    {
      schema: {
        operationId: 'getSubscription',
        tags,
        summary: 'A subscription',
        params: idParams,
        response: { 200: subscription, ...problemAnswers },
      },
    },
    (request) => queries.getSubscription(db, request.call, request.params.id),
  )
}

function addChanging(app: App, db: Database): void {
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
  app.put(
    '/v1/subscriptions/:id/state',
    {
      config: { may: 'subscriptions.end' },
      schema: {
        operationId: 'setSubscriptionState',
        tags,
        summary: 'Make a subscription active before its trial ends, or end it',
        params: idParams,
        body: setSubscriptionState,
        response: { 200: subscription, ...problemAnswers },
      },
    },
    (request) => commands.setState(db, request.call, { id: request.params.id, state: request.body.state }),
  )
}

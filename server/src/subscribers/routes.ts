import { createSubscriber, idParams, nothing, subscriber, subscriberPage, subscriberQuery } from '@tenantree/contract'
import type { HolderHooks } from '../networks/index.ts'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['subscribers']

export function addSubscriberRoutes(app: App, db: Database, hooks: HolderHooks): void {
  app.get(
    '/v1/subscribers',
    {
      schema: {
        operationId: 'listSubscribers',
        tags,
        summary: 'Subscribers of your subtree',
        querystring: subscriberQuery,
        response: { 200: subscriberPage, ...problemAnswers },
      },
    },
    (request) => queries.listSubscribers(db, request.call, request.query),
  )
  app.post(
    '/v1/subscribers',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'createSubscriber',
        tags,
        summary: 'Add a subscriber to an end customer or site',
        headers: idempotencyHeaders,
        body: createSubscriber,
        response: { 201: subscriber, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => commands.createSubscriber(db, call, request.body) }),
  )
  app.delete(
    '/v1/subscribers/:id',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'removeSubscriber',
        tags,
        summary: 'Remove a subscriber; its licenses go back to their pools',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.removeSubscriber(db, hooks, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

import { trialPage, trialQuery, unsubscribe, unsubscribed } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { openToAll, problemAnswers } from '../../platform/http/schemas.ts'
import * as queries from './queries.ts'
import * as links from './unsubscribe.ts'

const tags = ['trials']

export function addTrialRoutes(app: App, db: Database, unsubscribing: links.Unsubscribing): void {
  app.get(
    '/v1/trials',
    {
      schema: {
        operationId: 'listTrials',
        tags,
        summary: 'Everything in trial in your subtree, what ends first first',
        querystring: trialQuery,
        response: { 200: trialPage, ...problemAnswers },
      },
    },
    (request) => queries.listTrials(db, request.call, request.query),
  )
  app.post(
    '/v1/unsubscribe',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'unsubscribe',
        tags,
        summary: 'Turn off mails with the link of one',
        security: openToAll,
        body: unsubscribe,
        response: { 200: unsubscribed, ...problemAnswers },
      },
    },
    (request) =>
      links.unsubscribe(db, unsubscribing, { requestId: request.id, address: request.ip }, request.body.token),
  )
}

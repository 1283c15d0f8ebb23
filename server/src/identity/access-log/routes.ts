import { accessPage, accessQuery } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { problemAnswers } from '../../platform/http/schemas.ts'
import { listAccesses } from './queries.ts'

export const addAccessLogRoutes = (app: App, db: Database) =>
  app.get(
    '/v1/access-log',
    {
      schema: {
        operationId: 'listAccesses',
        tags: ['users'],
        summary: 'Sign-ins and uses of API keys in your subtree, the latest first',
        querystring: accessQuery,
        response: { 200: accessPage, ...problemAnswers },
      },
    },
    (request) => listAccesses(db, request.call, request.query),
  )

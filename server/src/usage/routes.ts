import { usagePage, usageQuery, usageTotalPage, usageTotalQuery } from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { problemAnswers } from '../platform/http/schemas.ts'
import * as queries from './queries.ts'

const tags = ['usage']

export function addUsageRoutes(app: App, db: Database): void {
  app.get(
    '/v1/usage',
    {
      schema: {
        operationId: 'listUsage',
        tags,
        summary: 'Units of a month with their evidence',
        querystring: usageQuery,
        response: { 200: usagePage, ...problemAnswers },
      },
    },
    (request) => queries.listUsage(db, request.call, request.query),
  )
  app.get(
    '/v1/usage/totals',
    {
      schema: {
        operationId: 'listUsageTotals',
        tags,
        summary: 'Units of a month by offer',
        querystring: usageTotalQuery,
        response: { 200: usageTotalPage, ...problemAnswers },
      },
    },
    (request) => queries.listUsageTotals(db, request.call, request.query),
  )
}

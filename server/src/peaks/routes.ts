import { peakTotalPage, peakUsagePage, peakUsageQuery, usageTotalQuery } from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { problemAnswers } from '../platform/http/schemas.ts'
import * as queries from './queries.ts'

const tags = ['usage']

export function addPeakRoutes(app: App, db: Database): void {
  app.get(
    '/v1/usage/peaks',
    {
      schema: {
        operationId: 'listPeakUsage',
        tags,
        summary: 'The highest values of devices in a month, with their dates',
        querystring: peakUsageQuery,
        response: { 200: peakUsagePage, ...problemAnswers },
      },
    },
    (request) => queries.listPeakUsage(db, request.call, request.query),
  )
  app.get(
    '/v1/usage/peak-totals',
    {
      schema: {
        operationId: 'listPeakTotals',
        tags,
        summary: 'What peak offers of a month come to, by offer',
        querystring: usageTotalQuery,
        response: { 200: peakTotalPage, ...problemAnswers },
      },
    },
    (request) => queries.listPeakTotals(db, request.call, request.query),
  )
}

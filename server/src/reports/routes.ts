import { licenseExportQuery, overview, overviewQuery, usageTotalQuery } from '@tenantree/contract'
import { renderLicensesXlsx, renderUsageXlsx, sendFile } from '../documents/index.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import { walkLicenses } from '../licenses/index.ts'
import { walkPeakUsage } from '../peaks/index.ts'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { fileAnswer, problemAnswers, xlsxType } from '../platform/http/schemas.ts'
import { toMonthStart, walkUsage } from '../usage/index.ts'
import { getOverview } from './queries.ts'

export function addReportRoutes(app: App, db: Database): void {
  app.get(
    '/v1/overview',
    {
      schema: {
        operationId: 'getOverview',
        tags: ['reports'],
        summary: 'What a tenant and everything below it amount to',
        querystring: overviewQuery,
        response: { 200: overview, ...problemAnswers },
      },
    },
    (request) => getOverview(db, request.call, request.query.tenant_id),
  )
  app.get(
    '/v1/usage/export',
    {
      schema: {
        operationId: 'exportUsage',
        tags: ['usage'],
        summary: 'Units and peaks of a month as Excel',
        querystring: usageTotalQuery,
        response: { 200: fileAnswer(xlsxType), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const month = toMonthStart(request.call, request.query.month).slice(0, 7)
      const { call, query } = request
      const file = await renderUsageXlsx({
        month,
        units: walkUsage(db, call, query),
        peaks: walkPeakUsage(db, call, query),
      })
      return sendFile(reply, file, xlsxType, `usage-${month}.xlsx`)
    },
  )
  app.get(
    '/v1/license-exports',
    {
      schema: {
        operationId: 'exportLicenses',
        tags: ['licenses'],
        summary: 'The rows of the license grid as Excel, under the same filters',
        querystring: licenseExportQuery,
        response: { 200: fileAnswer(xlsxType), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { call, query } = request
      const file = await renderLicensesXlsx(toInstantText(call.now), walkLicenses(db, call, query))
      return sendFile(reply, file, xlsxType, `licenses-${dayOf(call.now)}.xlsx`)
    },
  )
}

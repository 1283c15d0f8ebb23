import { exportQuery, importedTenants, importTenants } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { fileAnswer, idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import type { TenantHooks } from '../hooks.ts'
import { exportTenants } from './export.ts'
import * as imports from './import.ts'

const tags = ['tenants']

export function addCsvRoutes(app: App, db: Database, hooks: TenantHooks): void {
  app.post(
    '/v1/tenants/import',
    {
      config: { may: 'tenants.create' },
      schema: {
        operationId: 'importTenants',
        tags,
        summary: 'Create the tenants of a CSV file, all or none; or only look what is wrong with it',
        headers: idempotencyHeaders,
        body: importTenants,
        response: { 200: importedTenants, ...problemAnswers },
      },
    },
    // A dry run changes nothing, so there is nothing to do once.
    (request, reply) =>
      request.body.dry_run
        ? imports.importTenants(db, hooks, request.call, request.body)
        : answerOnce(db, request, reply, {
            status: 200,
            act: (call) => imports.importTenants(db, hooks, call, request.body),
          }),
  )
  app.get(
    '/v1/tenants/export',
    {
      schema: {
        operationId: 'exportTenants',
        tags,
        summary: 'Tenants of your subtree as CSV',
        querystring: exportQuery,
        response: { 200: fileAnswer('text/csv'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const text = await exportTenants(db, request.call, request.query.under_id)
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="tenants.csv"')
        .send(Buffer.from(text))
    },
  )
}

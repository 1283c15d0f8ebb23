import {
  dueQuery,
  dueRecordPage,
  idParams,
  retention,
  retentionPage,
  retentionParams,
  setRetention as setRetentionBody,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { ifMatchHeaders, problemAnswers, toVersion } from '../platform/http/schemas.ts'
import type { KeepingClock } from './clocks.ts'
import { getClock, setRetention } from './commands.ts'
import { listDue, listRetention } from './queries.ts'

const tags = ['keeping']

export function addKeepingRoutes(app: App, db: Database, clocks: readonly KeepingClock[]): void {
  app.get(
    '/v1/retention',
    {
      schema: {
        operationId: 'listRetention',
        tags,
        summary: 'How long what is kept, and what of your subtree goes when',
        response: { 200: retentionPage, ...problemAnswers },
      },
    },
    (request) => listRetention(db, request.call, clocks),
  )
  app.get(
    '/v1/tenants/:id/retention',
    {
      schema: {
        operationId: 'listTenantRetention',
        tags,
        summary: 'What of a tenant and everything below it goes when',
        params: idParams,
        response: { 200: retentionPage, ...problemAnswers },
      },
    },
    (request) => listRetention(db, request.call, clocks, request.params.id),
  )
  app.get(
    '/v1/retention/:kind',
    {
      schema: {
        operationId: 'listDueRecords',
        tags,
        summary: 'The records of a kind that go within 30 days, the next first',
        params: retentionParams,
        querystring: dueQuery,
        response: { 200: dueRecordPage, ...problemAnswers },
      },
    },
    (request) => listDue(db, request.call, getClock(clocks, request.params.kind), request.query),
  )
  app.put(
    '/v1/retention/:kind',
    {
      config: { may: 'keeping.edit' },
      schema: {
        operationId: 'setRetention',
        tags,
        summary: 'Set how long such records are kept',
        params: retentionParams,
        headers: ifMatchHeaders,
        body: setRetentionBody,
        response: { 200: retention, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const { kind } = request.params
      const saved = await setRetention(db, request.call, clocks, { kind, count: request.body.count, version })
      reply.header('etag', `"${saved.version}"`)
      return saved
    },
  )
}

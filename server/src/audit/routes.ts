import type { KeyObject } from 'node:crypto'
import { Readable } from 'node:stream'
import { auditEventPage, auditFilters, auditFiltersQuery, auditKey, auditQuery } from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { fileAnswer, problemAnswers } from '../platform/http/schemas.ts'
import { exportAudit } from './export.ts'
import { listAuditFilters } from './filters.ts'
import { toVerifierKey } from './notes.ts'
import { listAuditEvents } from './queries.ts'

const tags = ['audit']
const jsonLines = 'application/x-ndjson'

export function addAuditRoutes(app: App, { db, key }: { db: Database; key: KeyObject }): void {
  app.get(
    '/v1/audit-events',
    {
      schema: {
        operationId: 'listAuditEvents',
        tags,
        summary: 'Changes of your subtree, newest first',
        querystring: auditQuery,
        response: { 200: auditEventPage, ...problemAnswers },
      },
    },
    (request) => listAuditEvents(db, request.call, request.query),
  )
  app.get(
    '/v1/audit-filters',
    {
      schema: {
        operationId: 'getAuditFilters',
        tags,
        summary: 'What the newest changes of your subtree can be filtered by',
        querystring: auditFiltersQuery,
        response: { 200: auditFilters, ...problemAnswers },
      },
    },
    (request) => listAuditFilters(db, request.call, request.query.under_id),
  )
  app.get(
    '/v1/audit-export',
    {
      schema: {
        operationId: 'exportAudit',
        tags,
        summary: 'The audit log as JSON Lines that can be verified offline',
        response: { 200: fileAnswer(jsonLines), ...problemAnswers },
      },
    },
    (request, reply) =>
      reply
        .header('content-type', jsonLines)
        .header('content-disposition', 'attachment; filename="audit.jsonl"')
        .send(Readable.from(exportAudit(db, request.call, key))),
  )
  app.get(
    '/v1/audit-key',
    {
      schema: {
        operationId: 'getAuditKey',
        tags,
        summary: 'The public key that checkpoints of the audit log are signed with',
        response: { 200: auditKey, ...problemAnswers },
      },
    },
    () => ({ key: toVerifierKey(key) }),
  )
}

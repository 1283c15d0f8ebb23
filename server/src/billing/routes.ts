import {
  billingRun,
  billingRunPage,
  billingRunQuery,
  createBillingRun,
  idParams,
  invoice,
  invoiceLineParams,
  invoicePage,
  invoiceQuery,
  lineEvidencePage,
  listQuery,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import { listLineEvidence } from './evidence.ts'
import * as queries from './queries.ts'

export function addBillingRoutes(app: App, db: Database): void {
  addRunRoutes(app, db)
  addInvoiceRoutes(app, db)
}

function addRunRoutes(app: App, db: Database): void {
  const tags = ['billing']
  app.get(
    '/v1/billing-runs',
    {
      schema: {
        operationId: 'listBillingRuns',
        tags,
        summary: 'Billing runs (vendor)',
        querystring: billingRunQuery,
        response: { 200: billingRunPage, ...problemAnswers },
      },
    },
    (request) => queries.listRuns(db, request.call, request.query),
  )
  app.post(
    '/v1/billing-runs',
    {
      config: { may: 'billing.run' },
      schema: {
        operationId: 'createBillingRun',
        tags,
        summary: 'Close a month, or try its drafts again (vendor)',
        headers: idempotencyHeaders,
        body: createBillingRun,
        response: { 202: billingRun, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 202, act: (call) => commands.requestRun(db, call, request.body.month) }),
  )
  app.get(
    '/v1/billing-runs/:id',
    {
      schema: {
        operationId: 'getBillingRun',
        tags,
        summary: 'A billing run',
        params: idParams,
        response: { 200: billingRun, ...problemAnswers },
      },
    },
    (request) => queries.getRun(db, request.call, request.params.id),
  )
}

function addInvoiceRoutes(app: App, db: Database): void {
  const tags = ['invoices']
  app.get(
    '/v1/invoices',
    {
      schema: {
        operationId: 'listInvoices',
        tags,
        summary: 'Invoices that you send or get',
        querystring: invoiceQuery,
        response: { 200: invoicePage, ...problemAnswers },
      },
    },
    (request) => queries.listInvoices(db, request.call, request.query),
  )
  app.get(
    '/v1/invoices/:id',
    {
      schema: {
        operationId: 'getInvoice',
        tags,
        summary: 'An invoice with its lines',
        params: idParams,
        response: { 200: invoice, ...problemAnswers },
      },
    },
    (request) => queries.getInvoice(db, request.call, request.params.id),
  )
  app.get(
    '/v1/invoices/:id/lines/:line_id/evidence',
    {
      schema: {
        operationId: 'listLineEvidence',
        tags,
        summary: 'The devices or licenses and days behind a line',
        params: invoiceLineParams,
        querystring: listQuery,
        response: { 200: lineEvidencePage, ...problemAnswers },
      },
    },
    (request) =>
      listLineEvidence(
        db,
        request.call,
        { invoiceId: request.params.id, lineId: request.params.line_id },
        request.query,
      ),
  )
}

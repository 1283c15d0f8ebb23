import {
  createFilePolicy,
  fileAnswer,
  filePolicy,
  filePolicyPage,
  filePolicyQuery,
  fileQuestion,
  idParams,
  nothing,
  orderFilePolicies,
} from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['file policies']

export function addFilePolicyRoutes(app: App, db: Database): void {
  addReading(app, db)
  addChanging(app, db)
}

function addReading(app: App, db: Database): void {
  app.get(
    '/v1/tenants/:id/file-policies',
    {
      schema: {
        operationId: 'listFilePolicies',
        tags,
        summary: 'File policies of an end customer, in the order in which they are tried',
        params: idParams,
        querystring: filePolicyQuery,
        response: { 200: filePolicyPage, ...problemAnswers },
      },
    },
    (request) => queries.listFilePolicies(db, request.call, { tenantId: request.params.id, query: request.query }),
  )
  app.get(
    '/v1/tenants/:id/file-policies/answer',
    {
      schema: {
        operationId: 'askFilePolicies',
        tags,
        summary: 'What the policies say of a file',
        params: idParams,
        querystring: fileQuestion,
        response: { 200: fileAnswer, ...problemAnswers },
      },
    },
    (request) => queries.askFilePolicies(db, request.call, { tenantId: request.params.id, file: request.query }),
  )
}

function addChanging(app: App, db: Database): void {
  app.post(
    '/v1/tenants/:id/file-policies',
    {
      config: { may: 'file_policies.edit' },
      schema: {
        operationId: 'addFilePolicy',
        tags,
        summary: 'Add a file policy, the last in order',
        params: idParams,
        headers: idempotencyHeaders,
        body: createFilePolicy,
        response: { 201: filePolicy, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.addPolicy(db, call, { tenantId: request.params.id, policy: request.body }),
      }),
  )
  app.put(
    '/v1/tenants/:id/file-policies',
    {
      config: { may: 'file_policies.edit' },
      schema: {
        operationId: 'orderFilePolicies',
        tags,
        summary: 'Put the file policies of an end customer into an order',
        params: idParams,
        body: orderFilePolicies,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.orderPolicies(db, request.call, { tenantId: request.params.id, ids: request.body.ids })
      reply.code(204)
      return null
    },
  )
  app.delete(
    '/v1/file-policies/:id',
    {
      config: { may: 'file_policies.edit' },
      schema: {
        operationId: 'removeFilePolicy',
        tags,
        summary: 'Remove a file policy',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.removePolicy(db, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

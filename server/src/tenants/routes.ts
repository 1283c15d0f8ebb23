import { createTenant, idParams, tenant, tenantPage, tenantQuery, updateTenant } from '@tenantree/contract'
import { Problem } from '../kernel/problem.ts'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, ifMatchHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import type { TenantHooks } from './hooks.ts'
import * as queries from './queries.ts'

const tags = ['tenants']

export function addTenantRoutes(app: App, db: Database, hooks: TenantHooks): void {
  app.get(
    '/v1/tenants',
    {
      schema: {
        operationId: 'listTenants',
        tags,
        summary: 'Tenants of your subtree',
        querystring: tenantQuery,
        response: { 200: tenantPage, ...problemAnswers },
      },
    },
    (request) => queries.listTenants(db, request.call, request.query),
  )
  app.post(
    '/v1/tenants',
    {
      config: { may: 'tenants.create' },
      schema: {
        operationId: 'createTenant',
        tags,
        summary: 'Create a tenant under a parent',
        headers: idempotencyHeaders,
        body: createTenant,
        response: { 201: tenant, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.createTenant(db, hooks, call, request.body),
      }),
  )
  app.get(
    '/v1/tenants/:id',
    {
      schema: {
        operationId: 'getTenant',
        tags,
        summary: 'A tenant',
        params: idParams,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const found = await queries.getTenantView(db, request.call, request.params.id)
      reply.header('etag', `"${found.version}"`)
      return found
    },
  )
  app.patch(
    '/v1/tenants/:id',
    {
      config: { may: 'tenants.edit' },
      schema: {
        operationId: 'updateTenant',
        tags,
        summary: 'Edit a tenant',
        params: idParams,
        headers: ifMatchHeaders,
        body: updateTenant,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const updated = await commands.updateTenant(db, request.call, {
        id: request.params.id,
        version,
        change: request.body,
      })
      reply.header('etag', `"${updated.version}"`)
      return updated
    },
  )
}

function toVersion(etag: string): number {
  const match = /^"?(\d{1,9})"?$/.exec(etag)
  if (match === null) throw new Problem('stale_version')
  return Number(match[1])
}

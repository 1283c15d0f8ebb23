import { apiKey, apiKeyPage, apiKeyQuery, createApiKey, createdApiKey, idParams, nothing } from '@tenantree/contract'
import type * as z from 'zod'
import { Problem } from '../../kernel/problem.ts'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import { getSession } from '../sessions.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['api-keys']

export function addApiKeyRoutes(app: App, db: Database): void {
  app.get(
    '/v1/api-keys',
    {
      schema: {
        operationId: 'listApiKeys',
        tags,
        summary: 'API keys of your subtree, without their secrets',
        querystring: apiKeyQuery,
        response: { 200: apiKeyPage, ...problemAnswers },
      },
    },
    (request) => queries.listApiKeys(db, request.call, request.query),
  )
  app.post(
    '/v1/api-keys',
    {
      config: { may: 'api_keys.manage' },
      schema: {
        operationId: 'createApiKey',
        tags,
        summary: 'Make an API key; it is shown once',
        headers: idempotencyHeaders,
        body: createApiKey,
        response: { 201: createdApiKey, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const maker = await getSession(db, request)
      return answerOnce<z.infer<typeof createdApiKey>>(db, request, reply, {
        status: 201,
        secretOf: (body) => body.api_key.id,
        act: async (call) => {
          const { key, tenantName, secret } = await commands.createApiKey(db, call, maker, request.body)
          return { api_key: queries.toApiKey(key, tenantName, maker.name), secret }
        },
      })
    },
  )
  app.get(
    '/v1/api-keys/current',
    {
      schema: {
        operationId: 'getCurrentApiKey',
        tags,
        summary: 'The API key that asks',
        response: { 200: apiKey, ...problemAnswers },
      },
    },
    async (request) => {
      const key = await queries.readCurrentKey(db, request.call)
      if (key === null) throw new Problem('not_found')
      return key
    },
  )
  app.delete(
    '/v1/api-keys/:id',
    {
      config: { may: 'api_keys.manage' },
      schema: {
        operationId: 'revokeApiKey',
        tags,
        summary: 'End an API key at once',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.revokeApiKey(db, request.call, await getSession(db, request), request.params.id)
      reply.code(204)
      return null
    },
  )
}

import { createView, idParams, nothing, updateView, type View, view, viewPage, viewQuery } from '@tenantree/contract'
import { Problem } from '../kernel/problem.ts'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, ifMatchHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import { listViews, toView } from './queries.ts'

const tags = ['views']

export function addViewRoutes(app: App, db: Database): void {
  app.get(
    '/v1/views',
    {
      schema: {
        operationId: 'listViews',
        tags,
        summary: 'Your own views of grids',
        querystring: viewQuery,
        response: { 200: viewPage, ...problemAnswers },
      },
    },
    (request) => listViews(db, request.call, request.query),
  )
  app.post(
    '/v1/views',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'createView',
        tags,
        summary: 'Save a view of a grid',
        headers: idempotencyHeaders,
        body: createView,
        response: { 201: view, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce<View>(db, request, reply, {
        status: 201,
        act: async (call) => toView(await commands.createView(db, call, request.body)),
      }),
  )
  app.patch(
    '/v1/views/:id',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'updateView',
        tags,
        summary: 'Change a view',
        params: idParams,
        headers: ifMatchHeaders,
        body: updateView,
        response: { 200: view, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const { id } = request.params
      const changed = await commands.updateView(db, request.call, { id, version, change: request.body })
      reply.header('etag', `"${changed.version}"`)
      return toView(changed)
    },
  )
  app.delete(
    '/v1/views/:id',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'deleteView',
        tags,
        summary: 'Delete a view',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.deleteView(db, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

function toVersion(etag: string): number {
  const match = /^"?(\d{1,9})"?$/.exec(etag)
  if (match === null) throw new Problem('stale_version')
  return Number(match[1])
}

import { nothing, requestPasswordReset, resetPassword } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { openToAll, problemAnswers } from '../../platform/http/schemas.ts'
import { toVisitor } from '../sessions.ts'
import * as commands from './commands.ts'

const tags = ['sessions']

export function addPasswordResetRoutes(app: App, db: Database): void {
  app.post(
    '/v1/password-resets',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'requestPasswordReset',
        tags,
        summary: 'Ask for a link to set a new password; the answer is the same for an address that nobody has',
        security: openToAll,
        body: requestPasswordReset,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.requestReset(db, toVisitor(request), request.body.email)
      reply.code(204)
      return null
    },
  )
  app.post(
    '/v1/password-resets/complete',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'resetPassword',
        tags,
        summary: 'Set a new password with the link; all sessions end',
        security: openToAll,
        body: resetPassword,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.resetPassword(db, toVisitor(request), request.body)
      reply.code(204)
      return null
    },
  )
}

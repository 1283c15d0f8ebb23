import { idParams, tenant, trialMails } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import * as commands from './commands.ts'

const tags = ['trials']

export function addTenantTrialRoutes(app: App, db: Database): void {
  app.post(
    '/v1/tenants/:id/start-production',
    {
      config: { may: 'trials.edit' },
      schema: {
        operationId: 'startProduction',
        tags,
        summary: 'Take an end customer out of its trial into production',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => commands.startProduction(db, call, request.params.id),
      }),
  )
  app.get(
    '/v1/tenants/:id/trial-mails',
    {
      schema: {
        operationId: 'getTrialMails',
        tags,
        summary: 'Whether a tenant gets mails before its trials end',
        params: idParams,
        response: { 200: trialMails, ...problemAnswers },
      },
    },
    (request) => commands.getTrialMails(db, request.call, request.params.id),
  )
  app.put(
    '/v1/tenants/:id/trial-mails',
    {
      config: { may: 'tenants.edit' },
      schema: {
        operationId: 'setTrialMails',
        tags,
        summary: 'Turn the mails before the ends of trials on or off',
        params: idParams,
        body: trialMails,
        response: { 200: trialMails, ...problemAnswers },
      },
    },
    (request) => commands.setTrialMails(db, request.call, { id: request.params.id, ...request.body }),
  )
}

import {
  idParams,
  mail,
  mailPage,
  mailPreview,
  mailQuery,
  mailTemplatePage,
  mailTemplateParams,
  previewMail,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

export type MailOptions = { db: Database; isMailbox: boolean }

export function addMailRoutes(app: App, options: MailOptions): void {
  addQueueRoutes(app, options)
  addTemplateRoutes(app, options.db)
}

function addQueueRoutes(app: App, { db, isMailbox }: MailOptions): void {
  const tags = ['mails']
  app.get(
    '/v1/mails',
    {
      schema: {
        operationId: 'listMails',
        tags,
        summary: 'Mails of your subtree with their states',
        querystring: mailQuery,
        response: { 200: mailPage, ...problemAnswers },
      },
    },
    (request) => queries.listMails(db, request.call, request.query),
  )
  app.get(
    '/v1/mails/:id',
    {
      schema: {
        operationId: 'getMail',
        tags,
        summary: 'A mail',
        params: idParams,
        response: { 200: mail, ...problemAnswers },
      },
    },
    (request) => queries.getMail(db, request.call, { id: request.params.id, withContent: isMailbox }),
  )
  app.post(
    '/v1/mails/:id/resend',
    {
      config: { may: 'mails.resend' },
      schema: {
        operationId: 'resendMail',
        tags,
        summary: 'Queue a failed mail again',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: mail, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: async (call) => {
          await commands.resendMail(db, call, request.params.id)
          return queries.getMail(db, call, { id: request.params.id, withContent: false })
        },
      }),
  )
}

function addTemplateRoutes(app: App, db: Database): void {
  const tags = ['mails']
  app.get(
    '/v1/mail-templates',
    {
      schema: {
        operationId: 'listMailTemplates',
        tags,
        summary: 'What mails there are',
        response: { 200: mailTemplatePage, ...problemAnswers },
      },
    },
    async () => queries.listTemplates(),
  )
  app.post(
    '/v1/mail-templates/:name/preview',
    {
      config: { may: 'branding.edit' },
      schema: {
        operationId: 'previewMailTemplate',
        tags,
        summary: 'A mail of made-up data in your branding, or in a draft of it',
        params: mailTemplateParams,
        body: previewMail,
        response: { 200: mailPreview, ...problemAnswers },
      },
    },
    (request) => queries.previewMail(db, request.call, { name: request.params.name, draft: request.body.branding }),
  )
}

import {
  checkedIdentityProvider,
  finishSingleSignOn,
  identityProviderSetting,
  idParams,
  me,
  nothing,
  setIdentityProvider,
  startedSingleSignOn,
  startSingleSignOn,
} from '@tenantree/contract'
import type { FastifyReply } from 'fastify'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { openToAll, problemAnswers } from '../../platform/http/schemas.ts'
import { type AnswerSignedIn, toVisitor } from '../sessions.ts'
import { attemptMinutes, finish, start } from './commands.ts'
import * as settings from './settings.ts'

export type SingleSignOnOptions = { db: Database; context: settings.SingleSignOn; answer: AnswerSignedIn }

const browserCookie = 'tenantree_sign_in'
const cookiePath = '/v1/sessions/single-sign-on'

export function addSingleSignOnRoutes(app: App, options: SingleSignOnOptions): void {
  addSignInRoutes(app, options)
  addProviderRoutes(app, options)
  addCheckRoute(app, options)
}

function addSignInRoutes(app: App, { db, context, answer }: SingleSignOnOptions): void {
  const tags = ['sessions']
  const isSecure = () => context.baseUrl().startsWith('https:')
  const keepBrowser = (reply: FastifyReply, secret: string) =>
    reply.setCookie(browserCookie, secret, {
      path: cookiePath,
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure(),
      maxAge: attemptMinutes * 60,
    })
  app.post(
    '/v1/sessions/single-sign-on/start',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'startSingleSignOn',
        tags,
        summary: 'Begin to sign in by the identity provider of your organization',
        security: openToAll,
        body: startSingleSignOn,
        response: { 200: startedSingleSignOn, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { url, browser } = await start(db, context, toVisitor(request), request.body.email)
      keepBrowser(reply, browser)
      return { url }
    },
  )
  app.post(
    '/v1/sessions/single-sign-on',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'finishSingleSignOn',
        tags,
        summary: 'Sign in with what the identity provider sent the browser back with',
        security: openToAll,
        body: finishSingleSignOn,
        response: { 201: me, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const signedIn = await finish(db, context, toVisitor(request), {
        query: request.body.query,
        browser: request.cookies[browserCookie] ?? '',
        note: (reason) => request.log.warn({ requestId: request.id, reason }, 'single sign-on failed'),
      })
      reply.clearCookie(browserCookie, { path: cookiePath })
      return answer(reply, signedIn)
    },
  )
}

const tags = ['single-sign-on']
const path = '/v1/tenants/:id/identity-provider'

function addProviderRoutes(app: App, { db, context }: SingleSignOnOptions): void {
  app.get(
    path,
    {
      schema: {
        operationId: 'getIdentityProvider',
        tags,
        summary: 'Where the users of a tenant sign in by single sign-on',
        params: idParams,
        response: { 200: identityProviderSetting, ...problemAnswers },
      },
    },
    (request) => settings.getSetting(db, request.call, context, request.params.id),
  )
  app.put(
    path,
    {
      config: { may: 'single_sign_on.manage' },
      schema: {
        operationId: 'setIdentityProvider',
        tags,
        summary: 'Set the identity provider of a tenant',
        params: idParams,
        body: setIdentityProvider,
        response: { 200: identityProviderSetting, ...problemAnswers },
      },
    },
    (request) => settings.setProvider(db, request.call, context, { tenantId: request.params.id, ...request.body }),
  )
  app.delete(
    path,
    {
      config: { may: 'single_sign_on.manage' },
      schema: {
        operationId: 'removeIdentityProvider',
        tags,
        summary: 'Remove the identity provider of a tenant',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await settings.removeProvider(db, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

function addCheckRoute(app: App, { db, context }: SingleSignOnOptions): void {
  app.post(
    `${path}/check`,
    {
      config: { may: 'single_sign_on.manage' },
      schema: {
        operationId: 'checkIdentityProvider',
        tags,
        summary: 'Ask the identity provider of a tenant for its configuration',
        params: idParams,
        response: { 200: checkedIdentityProvider, ...problemAnswers },
      },
    },
    (request) => settings.checkSetting(db, request.call, context, request.params.id),
  )
}

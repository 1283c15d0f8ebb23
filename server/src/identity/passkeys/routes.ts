import {
  addPasskey,
  idParams,
  me,
  nothing,
  passkey,
  passkeyOptions,
  passkeyPage,
  signInWithPasskey,
} from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { openToAll, problemAnswers } from '../../platform/http/schemas.ts'
import { type AnswerSignedIn, findToken, getSession, toVisitor } from '../sessions.ts'
import * as commands from './commands.ts'

export type PasskeyOptions = { db: Database; baseUrl: () => string; answer: AnswerSignedIn }

export function addPasskeyRoutes(app: App, options: PasskeyOptions): void {
  addSignInRoutes(app, options)
  addAddingRoutes(app, options)
  addOwnRoutes(app, options)
}

function addSignInRoutes(app: App, { db, baseUrl, answer }: PasskeyOptions): void {
  const tags = ['sessions']
  app.post(
    '/v1/sessions/passkey/options',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'beginPasskeySignIn',
        tags,
        summary: 'Begin to sign in with a passkey: options for the browser',
        security: openToAll,
        response: { 201: passkeyOptions, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const begun = await commands.beginToSignIn(db, toVisitor(request), baseUrl())
      reply.code(201)
      return { options: { ...begun.options } }
    },
  )
  app.post(
    '/v1/sessions/passkey',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'signInWithPasskey',
        tags,
        summary: 'Sign in with a passkey',
        security: openToAll,
        body: signInWithPasskey,
        response: { 201: me, ...problemAnswers },
      },
    },
    async (request, reply) =>
      answer(reply, await commands.signInWithPasskey(db, toVisitor(request), { ...request.body, baseUrl: baseUrl() })),
  )
}

const tags = ['passkeys']

/** Open to whoever has to set up a second factor first: a passkey is one. */
function addAddingRoutes(app: App, { db, baseUrl }: PasskeyOptions): void {
  app.post(
    '/v1/me/passkeys/options',
    {
      config: { may: 'own', whileEnrolling: true },
      schema: {
        operationId: 'beginPasskey',
        tags,
        summary: 'Begin to add a passkey: options for the browser',
        response: { 201: passkeyOptions, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { options } = await commands.beginToAdd(db, request.call, await getSession(db, request), baseUrl())
      reply.code(201)
      return { options: { ...options } }
    },
  )
  app.post(
    '/v1/me/passkeys',
    {
      config: { may: 'own', whileEnrolling: true },
      schema: {
        operationId: 'addPasskey',
        tags,
        summary: 'Add the passkey that the browser has made',
        body: addPasskey,
        response: { 201: passkey, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const session = await getSession(db, request)
      const input = { ...request.body, baseUrl: baseUrl(), token: findToken(request) ?? '' }
      const added = await commands.addPasskey(db, request.call, session, input)
      reply.code(201)
      return added
    },
  )
}

function addOwnRoutes(app: App, { db }: PasskeyOptions): void {
  app.get(
    '/v1/me/passkeys',
    {
      schema: {
        operationId: 'listPasskeys',
        tags,
        summary: 'Your passkeys',
        response: { 200: passkeyPage, ...problemAnswers },
      },
    },
    async (request) => ({
      data: await commands.listPasskeys(db, request.call, await getSession(db, request)),
      next: null,
    }),
  )
  app.delete(
    '/v1/me/passkeys/:id',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'removePasskey',
        tags,
        summary: 'Remove one of your passkeys',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.removePasskey(db, request.call, await getSession(db, request), request.params.id)
      reply.code(204)
      return null
    },
  )
}

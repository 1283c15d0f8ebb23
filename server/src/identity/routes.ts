import {
  changePassword,
  createdUser,
  createUser,
  me,
  nothing,
  signIn,
  signInWithLink,
  userPage,
  userQuery,
} from '@tenantree/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, openToAll, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'
import { cookieName, findToken, getSession, readMe, setCookie } from './sessions.ts'
import { type SignedIn, signInWithLink as signInByLink, signIn as signInByPassword, signOut } from './sign-in.ts'

export type IdentityOptions = { db: Database; baseUrl: () => string }

export function addIdentityRoutes(app: App, options: IdentityOptions): void {
  addSessionRoutes(app, options)
  addUserRoutes(app, options)
}

const visitor = (request: FastifyRequest) => ({ requestId: request.id, address: request.ip })

function addSessionRoutes(app: App, { db, baseUrl }: IdentityOptions): void {
  const tags = ['sessions']
  const answer = async (reply: FastifyReply, signedIn: SignedIn) => {
    setCookie(reply, signedIn.token, baseUrl().startsWith('https:'))
    reply.code(201)
    return readMe(db, signedIn.call, signedIn.session)
  }
  app.post(
    '/v1/sessions',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign in with a password',
        security: openToAll,
        body: signIn,
        response: { 201: me, ...problemAnswers },
      },
    },
    async (request, reply) => answer(reply, await signInByPassword(db, visitor(request), request.body)),
  )
  app.post(
    '/v1/sessions/link',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'signInWithLink',
        tags,
        summary: 'Sign in with a single-use link',
        security: openToAll,
        body: signInWithLink,
        response: { 201: me, ...problemAnswers },
      },
    },
    async (request, reply) => answer(reply, await signInByLink(db, visitor(request), request.body.token)),
  )
  app.delete(
    '/v1/sessions/current',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'End your session',
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await signOut(db, request.call, findToken(request) ?? '')
      reply.clearCookie(cookieName, { path: '/' }).code(204)
      return null
    },
  )
  app.get(
    '/v1/me',
    { schema: { operationId: 'getMe', tags, summary: 'Who is signed in', response: { 200: me, ...problemAnswers } } },
    async (request) => readMe(db, request.call, await getSession(db, request)),
  )
  app.put(
    '/v1/me/password',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Set your password',
        body: changePassword,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.changePassword(db, request.call, await getSession(db, request), request.body)
      reply.code(204)
      return null
    },
  )
}

function addUserRoutes(app: App, { db, baseUrl }: IdentityOptions): void {
  const tags = ['users']
  app.get(
    '/v1/users',
    {
      schema: {
        operationId: 'listUsers',
        tags,
        summary: 'Users of your subtree',
        querystring: userQuery,
        response: { 200: userPage, ...problemAnswers },
      },
    },
    (request) => queries.listUsers(db, request.call, request.query),
  )
  app.post(
    '/v1/users',
    {
      config: { may: 'users.create' },
      schema: {
        operationId: 'createUser',
        tags,
        summary: 'Invite a user; the link is shown once',
        headers: idempotencyHeaders,
        body: createUser,
        response: { 201: createdUser, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { role } = await getSession(db, request)
      return answerOnce<z.infer<typeof createdUser>>(db, request, reply, {
        status: 201,
        secretOf: (body) => body.user.id,
        act: async (call) => {
          const { user, tenantName, token, expiresAt } = await commands.createUser(db, call, role, request.body)
          return {
            user: queries.toUser(user, tenantName),
            sign_in_url: `${baseUrl()}/sign-in/link?token=${token}`,
            sign_in_expires_at: expiresAt,
          }
        },
      })
    },
  )
}

import {
  answerChallenge,
  changePassword,
  createdUser,
  createUser,
  idParams,
  me,
  nothing,
  rolePage,
  sessionPage,
  signIn,
  signInWithLink,
  updateUser,
  user,
  userPage,
  userQuery,
} from '@tenantree/contract'
import type * as z from 'zod'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, ifMatchHeaders, openToAll, problemAnswers, toVersion } from '../platform/http/schemas.ts'
import type { OutboundRules } from '../platform/outbound.ts'
import type { Vault } from '../platform/vault.ts'
import { addApiKeyRoutes } from './api-keys/routes.ts'
import * as commands from './commands.ts'
import { inviteAgain, removeUser, updateUser as saveUser } from './edit-users.ts'
import { invite } from './invitations.ts'
import { endSession, listSessions, signOut } from './own-sessions.ts'
import { addPasskeyRoutes } from './passkeys/routes.ts'
import { addPasswordResetRoutes } from './password-reset/routes.ts'
import * as queries from './queries.ts'
import { addSecondFactorRoutes } from './second-factor/routes.ts'
import {
  type AnswerSignedIn,
  cookieName,
  findToken,
  getGranter,
  getSession,
  readMe,
  setCookie,
  toVisitor,
} from './sessions.ts'
import {
  answerChallenge as answerWithCode,
  signInWithLink as signInByLink,
  signIn as signInByPassword,
} from './sign-in.ts'
import { addSingleSignOnRoutes } from './single-sign-on/routes.ts'

export type IdentityOptions = { db: Database; baseUrl: () => string; vault: Vault; outbound: OutboundRules }

export function addIdentityRoutes(app: App, options: IdentityOptions): void {
  addSessionRoutes(app, options)
  addMeRoutes(app, options)
  addUserRoutes(app, options)
  addEditRoutes(app, options)
  addOwnSessionRoutes(app, options.db)
  addApiKeyRoutes(app, options.db)
  addSecondFactorRoutes(app, options.db, options.vault)
  addPasswordResetRoutes(app, options.db)
  const answer = answerTo(options)
  addPasskeyRoutes(app, { ...options, answer })
  addSingleSignOnRoutes(app, { db: options.db, context: options, answer })
}

const answerTo =
  ({ db, baseUrl }: IdentityOptions): AnswerSignedIn =>
  (reply, signedIn) => {
    setCookie(reply, signedIn.token, baseUrl().startsWith('https:'))
    reply.code(201)
    return readMe(db, signedIn.call, signedIn.session)
  }

function addSessionRoutes(app: App, options: IdentityOptions): void {
  const { db, vault } = options
  const tags = ['sessions']
  const answer = answerTo(options)
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
    async (request, reply) => answer(reply, await signInByPassword(db, toVisitor(request), request.body)),
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
    async (request, reply) => answer(reply, await signInByLink(db, toVisitor(request), request.body.token)),
  )
  app.post(
    '/v1/sessions/code',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'answerChallenge',
        tags,
        summary: 'Second step of a sign-in: the code of the second factor',
        security: openToAll,
        body: answerChallenge,
        response: { 201: me, ...problemAnswers },
      },
    },
    async (request, reply) => answer(reply, await answerWithCode(db, vault, toVisitor(request), request.body)),
  )
}

function addMeRoutes(app: App, { db }: IdentityOptions): void {
  const tags = ['sessions']
  app.delete(
    '/v1/sessions/current',
    {
      config: { may: 'own', whileEnrolling: true },
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
    {
      config: { whileEnrolling: true },
      schema: { operationId: 'getMe', tags, summary: 'Who is signed in', response: { 200: me, ...problemAnswers } },
    },
    async (request) => readMe(db, request.call, await getSession(db, request)),
  )
  app.put(
    '/v1/me/password',
    {
      config: { may: 'own', whileEnrolling: true },
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Set your password; your other sessions end',
        body: changePassword,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, token: findToken(request) ?? '' }
      await commands.changePassword(db, request.call, await getSession(db, request), input)
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
      const { role } = await getGranter(db, request)
      return answerOnce<z.infer<typeof createdUser>>(db, request, reply, {
        status: 201,
        secretOf: (body) => body.user.id,
        act: (call) => invite(db, call, baseUrl(), (joined) => commands.createUser(db, joined, role, request.body)),
      })
    },
  )
  app.post(
    '/v1/users/:id/invite',
    {
      config: { may: 'users.edit' },
      schema: {
        operationId: 'inviteUserAgain',
        tags,
        summary: 'A new sign-in link, shown once; the password, the second factor and all sessions of the user end',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 201: createdUser, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const granter = await getGranter(db, request)
      return answerOnce<z.infer<typeof createdUser>>(db, request, reply, {
        status: 201,
        secretOf: (body) => body.user.id,
        act: (call) => invite(db, call, baseUrl(), (joined) => inviteAgain(db, joined, granter, request.params.id)),
      })
    },
  )
}

function addEditRoutes(app: App, { db }: IdentityOptions): void {
  const tags = ['users']
  app.get(
    '/v1/users/:id',
    {
      schema: {
        operationId: 'getUser',
        tags,
        summary: 'A user',
        params: idParams,
        response: { 200: user, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const found = await queries.getUserView(db, request.call, request.params.id)
      reply.header('etag', `"${found.version}"`)
      return found
    },
  )
  app.patch(
    '/v1/users/:id',
    {
      config: { may: 'users.edit' },
      schema: {
        operationId: 'updateUser',
        tags,
        summary: 'Edit a user: name, role, flags',
        params: idParams,
        headers: ifMatchHeaders,
        body: updateUser,
        response: { 200: user, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const version = toVersion(request.headers['if-match'])
      const granter = await getGranter(db, request)
      const edited = await saveUser(db, request.call, granter, { id, version, change: request.body })
      reply.header('etag', `"${edited.version}"`)
      return queries.getUserView(db, request.call, id)
    },
  )
  app.delete(
    '/v1/users/:id',
    {
      config: { may: 'users.edit' },
      schema: {
        operationId: 'removeUser',
        tags,
        summary: 'Remove a user; all sessions and keys of the user end',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await removeUser(db, request.call, await getGranter(db, request), request.params.id)
      reply.code(204)
      return null
    },
  )
  app.get(
    '/v1/roles',
    {
      schema: {
        operationId: 'listRoles',
        tags,
        summary: 'What each role allows at your tenant',
        response: { 200: rolePage, ...problemAnswers },
      },
    },
    async (request) => ({ data: await queries.listRoles(db, request.call), next: null }),
  )
}

function addOwnSessionRoutes(app: App, db: Database): void {
  const tags = ['sessions']
  app.get(
    '/v1/me/sessions',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'listOwnSessions',
        tags,
        summary: 'Your sessions',
        response: { 200: sessionPage, ...problemAnswers },
      },
    },
    async (request) => ({ data: await listSessions(db, request.call, findToken(request) ?? ''), next: null }),
  )
  app.delete(
    '/v1/me/sessions/:id',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'endOwnSession',
        tags,
        summary: 'End one of your sessions',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await endSession(db, request.call, await getSession(db, request), request.params.id)
      reply.code(204)
      return null
    },
  )
}

import {
  confirmSecondFactor,
  enrolledSecondFactor,
  idParams,
  nothing,
  recoveryCodes,
  removeSecondFactor,
  secondFactor,
  signInPolicy,
  updateSignInPolicy,
} from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import type { Vault } from '../../platform/vault.ts'
import { getSession } from '../sessions.ts'
import * as commands from './commands.ts'
import { getPolicy, setPolicy } from './policies.ts'
import { readSecondFactor } from './queries.ts'

export function addSecondFactorRoutes(app: App, db: Database, vault: Vault): void {
  addEnrolmentRoutes(app, db, vault)
  addRemovalRoutes(app, db)
  addPolicyRoutes(app, db)
}

const tags = ['second-factor']

/** What whoever has no second factor yet may do, where one is asked for. */
function addEnrolmentRoutes(app: App, db: Database, vault: Vault): void {
  app.get(
    '/v1/me/second-factor',
    {
      config: { whileEnrolling: true },
      schema: {
        operationId: 'getSecondFactor',
        tags,
        summary: 'Your second factor',
        response: { 200: secondFactor, ...problemAnswers },
      },
    },
    async (request) => readSecondFactor(db, request.call, await getSession(db, request)),
  )
  app.post(
    '/v1/me/second-factor',
    {
      config: { may: 'own', whileEnrolling: true },
      schema: {
        operationId: 'enrolSecondFactor',
        tags,
        summary: 'Begin to set up an authenticator; the secret is shown once',
        headers: idempotencyHeaders,
        response: { 201: enrolledSecondFactor, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const session = await getSession(db, request)
      return answerOnce(db, request, reply, {
        status: 201,
        secretOf: () => session.user_id,
        act: (call) => commands.enrol(db, vault, call, session),
      })
    },
  )
  app.post(
    '/v1/me/second-factor/confirm',
    {
      config: { may: 'own', whileEnrolling: true },
      schema: {
        operationId: 'confirmSecondFactor',
        tags,
        summary: 'Prove the authenticator with a code; the recovery codes are shown once',
        headers: idempotencyHeaders,
        body: confirmSecondFactor,
        response: { 201: recoveryCodes, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const session = await getSession(db, request)
      return answerOnce(db, request, reply, {
        status: 201,
        secretOf: () => session.user_id,
        act: async (call) => ({ recovery_codes: await commands.confirm(db, vault, call, session, request.body.code) }),
      })
    },
  )
}

function addRemovalRoutes(app: App, db: Database): void {
  app.post(
    '/v1/me/second-factor/recovery-codes',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'renewRecoveryCodes',
        tags,
        summary: 'Make new recovery codes; they are shown once',
        headers: idempotencyHeaders,
        body: removeSecondFactor,
        response: { 201: recoveryCodes, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const session = await getSession(db, request)
      const password = request.body.current_password
      return answerOnce(db, request, reply, {
        status: 201,
        secretOf: () => session.user_id,
        act: async (call) => ({ recovery_codes: await commands.renewRecoveryCodes(db, call, session, password) }),
      })
    },
  )
  app.post(
    '/v1/me/second-factor/remove',
    {
      config: { may: 'own' },
      schema: {
        operationId: 'removeSecondFactor',
        tags,
        summary: 'Remove your second factor',
        body: removeSecondFactor,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const session = await getSession(db, request)
      await commands.remove(db, request.call, session, request.body.current_password)
      reply.code(204)
      return null
    },
  )
}

function addPolicyRoutes(app: App, db: Database): void {
  app.get(
    '/v1/tenants/:id/sign-in-policy',
    {
      schema: {
        operationId: 'getSignInPolicy',
        tags,
        summary: 'What a tenant asks of the sign-in of its users',
        params: idParams,
        response: { 200: signInPolicy, ...problemAnswers },
      },
    },
    (request) => getPolicy(db, request.call, request.params.id),
  )
  app.put(
    '/v1/tenants/:id/sign-in-policy',
    {
      config: { may: 'users.edit' },
      schema: {
        operationId: 'setSignInPolicy',
        tags,
        summary: 'Ask the users of a tenant and below for a second factor, or for single sign-on',
        params: idParams,
        body: updateSignInPolicy,
        response: { 200: signInPolicy, ...problemAnswers },
      },
    },
    (request) => setPolicy(db, request.call, { tenantId: request.params.id, ...request.body }),
  )
}

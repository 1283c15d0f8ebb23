import {
  availableLicensePage,
  idParams,
  pool,
  poolSettings,
  requestedTrials,
  requestTrials,
  setAside,
  setPoolSettings,
} from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, ifMatchHeaders, problemAnswers, toVersion } from '../../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'
import * as trials from './trials.ts'

const tags = ['pools']

export function addPoolRoutes(app: App, db: Database): void {
  addSettingRoutes(app, db)
  addNumberRoutes(app, db)
  app.post(
    '/v1/trial-licenses',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'requestTrialLicenses',
        tags,
        summary: 'Ask for trial licenses of a type',
        headers: idempotencyHeaders,
        body: requestTrials,
        response: { 201: requestedTrials, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => trials.requestTrials(db, call, request.body) }),
  )
}

function addSettingRoutes(app: App, db: Database): void {
  app.get(
    '/v1/tenants/:id/pool-settings',
    {
      schema: {
        operationId: 'getPoolSettings',
        tags,
        summary: 'Where the holders of a tenant get licenses from',
        params: idParams,
        response: { 200: poolSettings, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const settings = await queries.getPoolSettings(db, request.call, request.params.id)
      reply.header('etag', `"${settings.version}"`)
      return settings
    },
  )
  app.put(
    '/v1/tenants/:id/pool-settings',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'setPoolSettings',
        tags,
        summary: 'Say where the holders of a tenant get licenses from',
        params: idParams,
        headers: ifMatchHeaders,
        body: setPoolSettings,
        response: { 200: poolSettings, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const { id } = request.params
      const settings = await commands.setPoolSettings(db, request.call, { id, version, change: request.body })
      reply.header('etag', `"${settings.version}"`)
      return settings
    },
  )
}

function addNumberRoutes(app: App, db: Database): void {
  app.get(
    '/v1/tenants/:id/pool',
    {
      schema: {
        operationId: 'getPool',
        tags,
        summary: 'What the pool of a tenant has',
        params: idParams,
        response: { 200: pool, ...problemAnswers },
      },
    },
    (request) => queries.getPool(db, request.call, request.params.id),
  )
  app.get(
    '/v1/tenants/:id/available-licenses',
    {
      schema: {
        operationId: 'listAvailableLicenses',
        tags,
        summary: 'What the holders of a tenant may take',
        params: idParams,
        response: { 200: availableLicensePage, ...problemAnswers },
      },
    },
    (request) => queries.listAvailable(db, request.call, request.params.id),
  )
  app.put(
    '/v1/tenants/:id/set-asides',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'setAsideLicenses',
        tags,
        summary: "Keep licenses of the seller's pool for a company; answers the seller's pool",
        params: idParams,
        body: setAside,
        response: { 200: pool, ...problemAnswers },
      },
    },
    (request) => commands.setAside(db, request.call, { id: request.params.id, input: request.body }),
  )
}

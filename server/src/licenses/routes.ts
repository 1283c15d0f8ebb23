import {
  actedOnLicenses,
  actOnLicenses,
  assignLicense,
  changeEdition,
  idParams,
  license,
  licenseAnchorQuery,
  licenseAnchors,
  licenseEventPage,
  licenseEventQuery,
  licensePage,
  licenseQuery,
  licenseTypePage,
  licenseTypeQuery,
  moveLicenses,
  nothing,
  takeLicense,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import { actOnLicenses as act } from './grid/actions.ts'
import { listLicenseHistory } from './grid/history.ts'
import * as queries from './grid/queries.ts'
import type { LicenseHooks } from './hooks.ts'
import * as change from './life/change.ts'
import { moveLicenses as move } from './pools/commands.ts'
import { addPoolRoutes } from './pools/routes.ts'

const tags = ['licenses']

export function addLicenseRoutes(app: App, db: Database, hooks: LicenseHooks): void {
  addGridRoutes(app, db)
  addHoldingRoutes(app, db)
  addChangeRoutes(app, db, hooks)
  addManyRoutes(app, db)
  addPoolRoutes(app, db)
}

function addGridRoutes(app: App, db: Database): void {
  app.get(
    '/v1/licenses',
    {
      schema: {
        operationId: 'listLicenses',
        tags,
        summary: 'Licenses of your subtree',
        querystring: licenseQuery,
        response: { 200: licensePage, ...problemAnswers },
      },
    },
    (request) => queries.listLicenses(db, request.call, request.query),
  )
  app.get(
    '/v1/license-anchors',
    {
      schema: {
        operationId: 'getLicenseAnchors',
        tags,
        summary: 'Where each page of a list of licenses begins',
        querystring: licenseAnchorQuery,
        response: { 200: licenseAnchors, ...problemAnswers },
      },
    },
    (request) => queries.getLicenseAnchors(db, request.call, request.query),
  )
  app.get(
    '/v1/license-types',
    {
      schema: {
        operationId: 'listLicenseTypes',
        tags,
        summary: 'Types of license with their numbers, under the same filters',
        querystring: licenseTypeQuery,
        response: { 200: licenseTypePage, ...problemAnswers },
      },
    },
    (request) => queries.listLicenseTypes(db, request.call, request.query),
  )
  app.get(
    '/v1/licenses/:id',
    {
      schema: {
        operationId: 'getLicense',
        tags,
        summary: 'A license',
        params: idParams,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request) => queries.getLicense(db, request.call, request.params.id),
  )
  app.get(
    '/v1/licenses/:id/history',
    {
      schema: {
        operationId: 'listLicenseHistory',
        tags,
        summary: 'What happened to a license, the latest first',
        params: idParams,
        querystring: licenseEventQuery,
        response: { 200: licenseEventPage, ...problemAnswers },
      },
    },
    (request) => listLicenseHistory(db, request.call, request.params.id, request.query),
  )
}

function addHoldingRoutes(app: App, db: Database): void {
  app.post(
    '/v1/licenses/assign',
    {
      config: { may: 'licenses.assign' },
      schema: {
        operationId: 'takeLicense',
        tags,
        summary: 'Take a free license of an offer or product for a holder',
        headers: idempotencyHeaders,
        body: takeLicense,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 200, act: (call) => commands.takeLicense(db, call, request.body) }),
  )
  app.post(
    '/v1/licenses/:id/assign',
    {
      config: { may: 'licenses.assign' },
      schema: {
        operationId: 'assignLicense',
        tags,
        summary: 'Assign this license to a holder',
        params: idParams,
        headers: idempotencyHeaders,
        body: assignLicense,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => commands.assignLicense(db, call, { id: request.params.id, to: request.body }),
      }),
  )
  app.post(
    '/v1/licenses/:id/release',
    {
      config: { may: 'licenses.assign' },
      schema: {
        operationId: 'releaseLicense',
        tags,
        summary: 'Take a license from its holder, back to its pool',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await answerOnce(db, request, reply, {
        status: 204,
        act: async (call) => {
          await commands.releaseLicense(db, call, request.params.id)
          return null
        },
      })
      return null
    },
  )
}

function addChangeRoutes(app: App, db: Database, hooks: LicenseHooks): void {
  app.post(
    '/v1/licenses/:id/cancel',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'cancelLicense',
        tags,
        summary: 'End a license with its term',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 200, act: (call) => change.cancelLicense(db, call, request.params.id) }),
  )
  app.post(
    '/v1/licenses/:id/restore',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'restoreLicense',
        tags,
        summary: 'Take a cancellation back',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => change.restoreLicense(db, call, request.params.id),
      }),
  )
  app.post(
    '/v1/licenses/:id/edition',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'changeLicenseEdition',
        tags,
        summary: 'Make another edition of a license',
        params: idParams,
        headers: idempotencyHeaders,
        body: changeEdition,
        response: { 200: license, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => change.changeEdition(db, hooks, call, { id: request.params.id, to: request.body }),
      }),
  )
}

function addManyRoutes(app: App, db: Database): void {
  app.post(
    '/v1/licenses/actions',
    {
      config: { may: 'licenses.assign' },
      schema: {
        operationId: 'actOnLicenses',
        tags,
        summary: 'Release, set auto-renew or remove many licenses at once',
        headers: idempotencyHeaders,
        body: actOnLicenses,
        response: { 200: actedOnLicenses, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: async (call) => ({ changed: await act(db, call, request.body) }),
      }),
  )
  app.post(
    '/v1/licenses/move',
    {
      config: { may: 'licenses.manage' },
      schema: {
        operationId: 'moveLicenses',
        tags,
        summary: 'Put unassigned licenses into another pool of their owner',
        headers: idempotencyHeaders,
        body: moveLicenses,
        response: { 200: actedOnLicenses, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: async (call) => ({ changed: await move(db, call, request.body) }),
      }),
  )
}

import {
  codeParams,
  createTermsVersion,
  feature,
  featurePage,
  machineEdition,
  machineEditionPage,
  putFeature,
  putMachineEdition,
  termsVersion,
  termsVersionPage,
} from '@tenantree/contract'
import * as z from 'zod'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers, toVersion } from '../../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['offers']
const putHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of the version that you change, such as "3"; left out to add a new one' }),
})
const versionOf = (headers: { 'if-match'?: string | undefined }): number | null =>
  headers['if-match'] === undefined ? null : toVersion(headers['if-match'])

/** Features, the table of machines and the terms and conditions: what offers refer to. */
export function addReferenceRoutes(app: App, db: Database): void {
  addFeatureRoutes(app, db)
  addMachineRoutes(app, db)
  addTermsRoutes(app, db)
}

function addFeatureRoutes(app: App, db: Database): void {
  app.get(
    '/v1/features',
    {
      schema: {
        operationId: 'listFeatures',
        tags,
        summary: 'Features that editions are compared by',
        response: { 200: featurePage, ...problemAnswers },
      },
    },
    (request) => queries.listFeatures(db, request.call),
  )
  app.put(
    '/v1/features/:code',
    {
      config: { may: 'offers.create' },
      schema: {
        operationId: 'putFeature',
        tags,
        summary: 'Add a feature or change one (vendor)',
        params: codeParams,
        headers: putHeaders,
        body: putFeature,
        response: { 200: feature, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = versionOf(request.headers)
      const { code } = request.params
      const saved = await commands.putFeature(db, request.call, { code, version, feature: request.body })
      reply.header('etag', `"${saved.version}"`)
      return saved
    },
  )
}

function addMachineRoutes(app: App, db: Database): void {
  app.get(
    '/v1/machine-editions',
    {
      schema: {
        operationId: 'listMachineEditions',
        tags,
        summary: 'Which edition fits which operating system and payment mode',
        response: { 200: machineEditionPage, ...problemAnswers },
      },
    },
    (request) => queries.listMachineEditions(db, request.call),
  )
  app.put(
    '/v1/machine-editions/:code',
    {
      config: { may: 'offers.create' },
      schema: {
        operationId: 'putMachineEdition',
        tags,
        summary: 'Add a row of the table of machines or change one (vendor)',
        params: codeParams,
        headers: putHeaders,
        body: putMachineEdition,
        response: { 200: machineEdition, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = versionOf(request.headers)
      const { code } = request.params
      const saved = await commands.putMachineEdition(db, request.call, { code, version, edition: request.body })
      reply.header('etag', `"${saved.version}"`)
      return { ...saved, fits: [...saved.fits] }
    },
  )
}

function addTermsRoutes(app: App, db: Database): void {
  app.get(
    '/v1/terms-versions',
    {
      schema: {
        operationId: 'listTermsVersions',
        tags,
        summary: 'The terms and conditions, the newest version first',
        response: { 200: termsVersionPage, ...problemAnswers },
      },
    },
    (request) => queries.listTermsVersions(db, request.call),
  )
  app.post(
    '/v1/terms-versions',
    {
      config: { may: 'offers.create' },
      schema: {
        operationId: 'createTermsVersion',
        tags,
        summary: 'Publish a version of the terms and conditions (vendor)',
        headers: idempotencyHeaders,
        body: createTermsVersion,
        response: { 201: termsVersion, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.createTermsVersion(db, call, request.body),
      }),
  )
}

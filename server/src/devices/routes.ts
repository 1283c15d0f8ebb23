import {
  createdInstallToken,
  device,
  devicePage,
  deviceQuery,
  idParams,
  installToken,
  nothing,
} from '@tenantree/contract'
import type * as z from 'zod'
import type { HolderHooks } from '../networks/index.ts'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['devices']

type DeviceOptions = { db: Database; hooks: HolderHooks; baseUrl: () => string }

export function addDeviceRoutes(app: App, { db, hooks, baseUrl }: DeviceOptions): void {
  app.get(
    '/v1/devices',
    {
      schema: {
        operationId: 'listDevices',
        tags,
        summary: 'Devices of your subtree',
        querystring: deviceQuery,
        response: { 200: devicePage, ...problemAnswers },
      },
    },
    (request) => queries.listDevices(db, request.call, request.query),
  )
  app.get(
    '/v1/devices/:id',
    {
      schema: {
        operationId: 'getDevice',
        tags,
        summary: 'A device',
        params: idParams,
        response: { 200: device, ...problemAnswers },
      },
    },
    (request) => queries.getDevice(db, request.call, request.params.id),
  )
  app.delete(
    '/v1/devices/:id',
    {
      config: { may: 'devices.delete' },
      schema: {
        operationId: 'deleteDevice',
        tags,
        summary: 'Delete a device; its licenses go back to their pools',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.deleteDevice(db, hooks, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
  app.get(
    '/v1/tenants/:id/install-token',
    {
      schema: {
        operationId: 'getInstallToken',
        tags,
        summary: 'The install token of a tenant, without its secret',
        params: idParams,
        response: { 200: installToken, ...problemAnswers },
      },
    },
    (request) => queries.getInstallToken(db, request.call, request.params.id),
  )
  app.post(
    '/v1/tenants/:id/install-token',
    {
      config: { may: 'install_tokens.create' },
      schema: {
        operationId: 'createInstallToken',
        tags,
        summary: 'Make the install token of a tenant; ends the former',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 201: createdInstallToken, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce<z.infer<typeof createdInstallToken>>(db, request, reply, {
        status: 201,
        secretOf: (body) => body.tenant_id,
        act: (call) => commands.createInstallToken(db, call, request.params.id, baseUrl()),
      }),
  )
}

import { deviceTrial, idParams, paidDevice, startDeviceTrial } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['trials']

export function addDeviceTrialRoutes(app: App, db: Database): void {
  app.get(
    '/v1/devices/:id/trial',
    {
      schema: {
        operationId: 'getDeviceTrial',
        tags,
        summary: 'The last trial of a device',
        params: idParams,
        response: { 200: paidDevice, ...problemAnswers },
      },
    },
    (request) => queries.getTrial(db, request.call, request.params.id),
  )
  app.post(
    '/v1/devices/:id/trial',
    {
      config: { may: 'trials.edit' },
      schema: {
        operationId: 'startDeviceTrial',
        tags,
        summary: 'Start a trial of an offer on a device',
        params: idParams,
        headers: idempotencyHeaders,
        body: startDeviceTrial,
        response: { 201: deviceTrial, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.startTrial(db, call, { deviceId: request.params.id, ...request.body }),
      }),
  )
  app.post(
    '/v1/devices/:id/switch-to-paid',
    {
      config: { may: 'trials.edit' },
      schema: {
        operationId: 'switchDeviceToPaid',
        tags,
        summary: 'Switch a device from trial to paid',
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: paidDevice, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => commands.switchToPaid(db, call, request.params.id),
      }),
  )
}

import {
  createDomain,
  createGateway,
  domain,
  domainPage,
  domainQuery,
  gateway,
  gatewayPage,
  gatewayQuery,
  idParams,
  nothing,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import type { HolderHooks } from './hooks.ts'
import * as queries from './queries.ts'

const tags = ['networks']

export function addNetworkRoutes(app: App, db: Database, hooks: HolderHooks): void {
  addGatewayRoutes(app, db, hooks)
  addDomainRoutes(app, db, hooks)
}

function addGatewayRoutes(app: App, db: Database, hooks: HolderHooks): void {
  app.get(
    '/v1/gateways',
    {
      schema: {
        operationId: 'listGateways',
        tags,
        summary: 'Gateways of your subtree',
        querystring: gatewayQuery,
        response: { 200: gatewayPage, ...problemAnswers },
      },
    },
    (request) => queries.listGateways(db, request.call, request.query),
  )
  app.post(
    '/v1/gateways',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'createGateway',
        tags,
        summary: 'Add a gateway to a tenant',
        headers: idempotencyHeaders,
        body: createGateway,
        response: { 201: gateway, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => commands.createGateway(db, call, request.body) }),
  )
  app.delete(
    '/v1/gateways/:id',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'removeGateway',
        tags,
        summary: 'Remove a gateway; its licenses go back to their pools',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.removeGateway(db, hooks, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

function addDomainRoutes(app: App, db: Database, hooks: HolderHooks): void {
  app.get(
    '/v1/domains',
    {
      schema: {
        operationId: 'listDomains',
        tags,
        summary: 'Domains of your subtree',
        querystring: domainQuery,
        response: { 200: domainPage, ...problemAnswers },
      },
    },
    (request) => queries.listDomains(db, request.call, request.query),
  )
  app.post(
    '/v1/domains',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'createDomain',
        tags,
        summary: 'Add a domain to an end customer or site',
        headers: idempotencyHeaders,
        body: createDomain,
        response: { 201: domain, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => commands.createDomain(db, call, request.body) }),
  )
  app.delete(
    '/v1/domains/:id',
    {
      config: { may: 'holders.manage' },
      schema: {
        operationId: 'removeDomain',
        tags,
        summary: 'Remove a domain; its licenses go back to their pools',
        params: idParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      await commands.removeDomain(db, hooks, request.call, request.params.id)
      reply.code(204)
      return null
    },
  )
}

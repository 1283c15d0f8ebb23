import {
  createOffer,
  enabledOffer,
  enabledOfferPage,
  idParams,
  listQuery,
  nothing,
  type Offer,
  offer,
  offerBuyerPage,
  offerPage,
  offerQuery,
  tenantOfferParams,
  updateOffer,
} from '@tenantree/contract'
import type { FastifyReply } from 'fastify'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, ifMatchHeaders, problemAnswers, toVersion } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'
import { addReferenceRoutes } from './reference/routes.ts'

const tags = ['offers']

export function addCatalogRoutes(app: App, db: Database, hooks: commands.CatalogHooks): void {
  addOfferRoutes(app, db)
  addChangeRoutes(app, db)
  addEdgeRoutes(app, db, hooks)
  addReferenceRoutes(app, db)
}

function withEtag(reply: FastifyReply, found: Offer): Offer {
  reply.header('etag', `"${found.version}"`)
  return found
}

function addOfferRoutes(app: App, db: Database): void {
  app.get(
    '/v1/offers',
    {
      schema: {
        operationId: 'listOffers',
        tags,
        summary: 'Offers that you may sell or use',
        querystring: offerQuery,
        response: { 200: offerPage, ...problemAnswers },
      },
    },
    (request) => queries.listOffers(db, request.call, request.query),
  )
  app.post(
    '/v1/offers',
    {
      config: { may: 'offers.create' },
      schema: {
        operationId: 'createOffer',
        tags,
        summary: 'Add an offer to the catalog (vendor)',
        headers: idempotencyHeaders,
        body: createOffer,
        response: { 201: offer, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => commands.createOffer(db, call, request.body) }),
  )
  app.get(
    '/v1/offers/:id',
    {
      schema: {
        operationId: 'getOffer',
        tags,
        summary: 'An offer that you may sell or use',
        params: idParams,
        response: { 200: offer, ...problemAnswers },
      },
    },
    async (request, reply) => withEtag(reply, await queries.getOffer(db, request.call, request.params.id)),
  )
}

function addChangeRoutes(app: App, db: Database): void {
  app.patch(
    '/v1/offers/:id',
    {
      config: { may: 'offers.create' },
      schema: {
        operationId: 'updateOffer',
        tags,
        summary: 'Change an offer (vendor); what was sold keeps what it was sold with',
        params: idParams,
        headers: ifMatchHeaders,
        body: updateOffer,
        response: { 200: offer, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const input = { id: request.params.id, version, change: request.body }
      return withEtag(reply, await commands.updateOffer(db, request.call, input))
    },
  )
  for (const [verb, operationId, act, summary] of [
    ['withdraw', 'withdrawOffer', commands.withdrawOffer, 'Sell an offer no longer; it stays with those who have it'],
    ['restore', 'restoreOffer', commands.restoreOffer, 'Sell a withdrawn offer again'],
  ] as const) {
    app.post(
      `/v1/offers/:id/${verb}`,
      {
        config: { may: 'offers.create' },
        schema: {
          operationId,
          tags,
          summary: `${summary} (vendor)`,
          params: idParams,
          headers: ifMatchHeaders,
          response: { 200: offer, ...problemAnswers },
        },
      },
      async (request, reply) => {
        const version = toVersion(request.headers['if-match'])
        return withEtag(reply, await act(db, request.call, { id: request.params.id, version }))
      },
    )
  }
}

function addEdgeRoutes(app: App, db: Database, hooks: commands.CatalogHooks): void {
  app.get(
    '/v1/offers/:id/buyers',
    {
      schema: {
        operationId: 'listOfferBuyers',
        tags,
        summary: 'Your direct children, and which of them have the offer',
        params: idParams,
        querystring: listQuery,
        response: { 200: offerBuyerPage, ...problemAnswers },
      },
    },
    (request) => queries.listOfferBuyers(db, request.call, request.params.id, request.query),
  )
  app.get(
    '/v1/tenants/:id/offers',
    {
      schema: {
        operationId: 'listTenantOffers',
        tags,
        summary: 'Offers enabled for a tenant',
        params: idParams,
        querystring: listQuery,
        response: { 200: enabledOfferPage, ...problemAnswers },
      },
    },
    (request) => queries.listTenantOffers(db, request.call, request.params.id, request.query),
  )
  app.put(
    '/v1/tenants/:id/offers/:offer_id',
    {
      config: { may: 'offers.enable' },
      schema: {
        operationId: 'enableOffer',
        tags,
        summary: 'Let a direct child sell or use an offer',
        params: tenantOfferParams,
        response: { 200: enabledOffer, ...problemAnswers },
      },
    },
    (request) =>
      commands.enableOffer(db, hooks, request.call, { tenantId: request.params.id, offerId: request.params.offer_id }),
  )
  app.delete(
    '/v1/tenants/:id/offers/:offer_id',
    {
      config: { may: 'offers.enable' },
      schema: {
        operationId: 'disableOffer',
        tags,
        summary: 'Take an offer away from a direct child that does not use it',
        params: tenantOfferParams,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { id: tenantId, offer_id: offerId } = request.params
      await commands.disableOffer(db, hooks, request.call, { tenantId, offerId })
      reply.code(204)
      return null
    },
  )
}

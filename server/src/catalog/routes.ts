import {
  createOffer,
  enabledOffer,
  enabledOfferPage,
  idParams,
  listQuery,
  offer,
  offerPage,
  offerQuery,
  tenantOfferParams,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as queries from './queries.ts'

const tags = ['offers']

export function addCatalogRoutes(app: App, db: Database, hooks: commands.CatalogHooks): void {
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
}

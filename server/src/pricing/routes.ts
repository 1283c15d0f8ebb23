import {
  askedPricePage,
  computeAmounts,
  createPrice,
  createPriceList,
  idParams,
  listQuery,
  marginPage,
  marginQuery,
  price,
  priceExamples,
  priceList,
  priceListPage,
  priceListQuery,
  pricePage,
} from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import { answerOnce } from '../platform/http/answer-once.ts'
import type { App } from '../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../platform/http/schemas.ts'
import * as commands from './commands.ts'
import * as margins from './margins.ts'
import * as queries from './queries.ts'

const tags = ['prices']

export function addPricingRoutes(app: App, db: Database): void {
  addListRoutes(app, db)
  addPriceRoutes(app, db)
  addMarginRoutes(app, db)
}

function addListRoutes(app: App, db: Database): void {
  app.get(
    '/v1/price-lists',
    {
      schema: {
        operationId: 'listPriceLists',
        tags,
        summary: 'Your price lists as a seller',
        querystring: priceListQuery,
        response: { 200: priceListPage, ...problemAnswers },
      },
    },
    (request) => queries.listPriceLists(db, request.call, request.query),
  )
  app.post(
    '/v1/price-lists',
    {
      config: { may: 'prices.manage' },
      schema: {
        operationId: 'createPriceList',
        tags,
        summary: 'Make a price list: the default one, or for one direct child',
        headers: idempotencyHeaders,
        body: createPriceList,
        response: { 201: priceList, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, { status: 201, act: (call) => commands.createPriceList(db, call, request.body) }),
  )
}

function addPriceRoutes(app: App, db: Database): void {
  app.get(
    '/v1/price-lists/:id/prices',
    {
      schema: {
        operationId: 'listPrices',
        tags,
        summary: 'Prices of your list',
        params: idParams,
        querystring: listQuery,
        response: { 200: pricePage, ...problemAnswers },
      },
    },
    (request) => queries.listPrices(db, request.call, request.params.id, request.query),
  )
  app.post(
    '/v1/price-lists/:id/prices',
    {
      config: { may: 'prices.manage' },
      schema: {
        operationId: 'createPrice',
        tags,
        summary: 'Add a price from a date on',
        params: idParams,
        headers: idempotencyHeaders,
        body: createPrice,
        response: { 201: price, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 201,
        act: (call) => commands.createPrice(db, call, { listId: request.params.id, price: request.body }),
      }),
  )
  app.get(
    '/v1/tenants/:id/prices',
    {
      schema: {
        operationId: 'listAskedPrices',
        tags,
        summary: 'Prices asked of a tenant; for the two ends of the edge',
        params: idParams,
        querystring: listQuery,
        response: { 200: askedPricePage, ...problemAnswers },
      },
    },
    (request) => queries.listAskedPrices(db, request.call, request.params.id, request.query),
  )
}

function addMarginRoutes(app: App, db: Database): void {
  app.get(
    '/v1/price-lists/:id/margins',
    {
      schema: {
        operationId: 'listMargins',
        tags,
        summary: 'Prices of your list beside what you pay for the same',
        params: idParams,
        querystring: marginQuery,
        response: { 200: marginPage, ...problemAnswers },
      },
    },
    (request) => margins.listMargins(db, request.call, request.params.id, request.query),
  )
  app.post(
    '/v1/price-examples',
    {
      config: { may: 'prices.manage' },
      schema: {
        operationId: 'computeAmounts',
        tags,
        summary: 'What a rate makes of some quantities; stores nothing',
        body: computeAmounts,
        response: { 200: priceExamples, ...problemAnswers },
      },
    },
    async (request) => margins.computeExamples(request.body),
  )
}

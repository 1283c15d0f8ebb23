import type { IncomingMessage, ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type FastifyRequest, LogController, type RawServerDefault } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import './augment.ts'
import { sendNotFound, sendProblem } from './errors.ts'
import { refuseCrossSite } from './origin.ts'

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Log, ZodTypeProvider>

/** Makes the context of a request, or throws unauthenticated. */
export type Authenticate = (request: FastifyRequest) => Promise<CallContext>

export type AppOptions = {
  log: Log
  authenticate: Authenticate
  /** Addresses and networks of proxies; left out, those on this machine. */
  trustedProxies?: readonly string[] | undefined
}

const bodyLimitBytes = 1_048_576
/** A route that names no query parameter takes none. */
const noQuery = z.strictObject({})

/** The HTTP server without its routes: parsing, problems, who is calling and whether they may. */
export async function createApp({ log, authenticate, trustedProxies = ['loopback'] }: AppOptions): Promise<App> {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    genReqId: () => newId(),
    requestTimeout: 60_000,
    // Whoever is let in or locked out by address is so by the client's own, not by the proxy's.
    trustProxy: [...trustedProxies],
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>()
  // Fastify reads text/plain too: a page of another site may send that without asking.
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(sendNotFound)
  await app.register(cookie)
  app.decorateRequest('call')
  app.addHook('onRoute', ({ url, schema }) => {
    if (isOurs(url) && schema !== undefined) schema.querystring ??= noQuery
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    const config = request.routeOptions.config
    if (request.is404 || config.access !== undefined || !isOurs(request.url)) return
    refuseCrossSite(request)
    request.call = await authenticate(request)
    if (config.may !== undefined && config.may !== 'own' && !request.call.may.has(config.may))
      throw new Problem('not_allowed')
  })
  return app
}

/** Console files, documents and probes are open; everything under /v1 and /agent says itself who may. */
const isOurs = (url: string): boolean => url.startsWith('/v1/') || url.startsWith('/agent/')

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import files from '@fastify/static'
import { Problem } from '../../kernel/problem.ts'
import type { App } from './app.ts'

/** Serves the built console. Helmet stands on this scope only: on every API answer it would double the cost of a request. */
export async function addConsole(app: App, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) return
  await app.register(async (scope) => {
    await scope.register(helmet, {
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: false,
    })
    await scope.register(files, {
      root: folder,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders(reply, path) {
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    // Pages of the console have addresses of their own: each is the same file.
    scope.get('/', { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'))
    scope.get('/*', { schema: { hide: true } }, (request, reply) => {
      if (isFile(request.url)) throw new Problem('not_found')
      return reply.sendFile('index.html')
    })
  })
}

/** Nothing under these prefixes, and nothing with an extension, is a page. */
const isFile = (url: string): boolean =>
  /^\/(v1|agent|scim|docs|assets)(\/|$)/.test(url) || /\.[a-z0-9]+(\?|$)/.test(url)

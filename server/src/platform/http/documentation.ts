import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { problems, statusOf } from '@tenantree/contract/problems'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { App } from './app.ts'
import { tidyComponents } from './tidy-components.ts'

/** Describes the routes that are added after it: `/openapi.json`, a reference page at `/docs`, the catalog of problems. */
export async function addDocumentation(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tenantree API',
        version,
        description: 'The channel console: tenants, devices, usage and invoices. Errors are RFC 9457 problem details.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      security: [{ session: [] }, { token: [] }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'tenantree_session' },
          token: { type: 'http', scheme: 'bearer', description: 'A session token, tts_..., or an API key, ttk_...' },
          device_key: { type: 'http', scheme: 'bearer', description: 'The key of an enrolled device, ttd_...' },
        },
      },
    },
    transform: (input) => withPermission(jsonSchemaTransform(input), input.route.config?.may),
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  let document: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    document ??= JSON.stringify(describe(app))
    return reply.type('application/json').send(document)
  })
  app.get('/docs/problems', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html').send(problemPage()),
  )
}

/** Says of each operation what the role of the caller has to allow: `x-permission`. */
const withPermission = <Answer extends { schema: object }>(described: Answer, may: string | undefined): Answer =>
  may === undefined ? described : { ...described, schema: { ...described.schema, 'x-permission': may } }

/** The OpenAPI 3.1 document of the app. */
export const describe = (app: App): object => tidyComponents(JSON.parse(JSON.stringify(app.swagger())))

function problemPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { kind, title }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${statusOf[kind]}</td><td>${title}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Problem codes of Tenantree</title>
<style>body{font:14px/1.5 system-ui;margin:2rem auto;max-width:56rem;padding:0 1rem}td{padding:.25rem 1rem .25rem 0}tr:target{background:#fff3bf}</style>
<h1>Problem codes</h1><p>Each refusal carries one of these in <code>code</code>. A code is never renamed.</p><table>${rows.join('')}</table></html>`
}

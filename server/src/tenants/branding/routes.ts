import { branding, brandingInput, idParams } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { ifMatchHeaders, problemAnswers, toVersion } from '../../platform/http/schemas.ts'
import { getBranding, setBranding } from './commands.ts'

const tags = ['branding']

export function addBrandingRoutes(app: App, db: Database): void {
  app.get(
    '/v1/tenants/:id/branding',
    {
      schema: {
        operationId: 'getBranding',
        tags,
        summary: 'How a partner shows itself to its buyers',
        params: idParams,
        response: { 200: branding, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const found = await getBranding(db, request.call, request.params.id)
      reply.header('etag', `"${found.version}"`)
      return found
    },
  )
  app.put(
    '/v1/tenants/:id/branding',
    {
      config: { may: 'branding.edit' },
      schema: {
        operationId: 'setBranding',
        tags,
        summary: 'Set the name, color, logo and sender name',
        params: idParams,
        headers: ifMatchHeaders,
        body: brandingInput,
        response: { 200: branding, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const version = toVersion(request.headers['if-match'])
      const saved = await setBranding(db, request.call, { id: request.params.id, version, input: request.body })
      reply.header('etag', `"${saved.version}"`)
      return saved
    },
  )
}

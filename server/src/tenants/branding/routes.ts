import { branding, brandingInput, idParams } from '@tenantree/contract'
import type { Database } from '../../platform/database.ts'
import type { App } from '../../platform/http/app.ts'
import { problemAnswers } from '../../platform/http/schemas.ts'
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
    (request) => getBranding(db, request.call, request.params.id),
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
        body: brandingInput,
        response: { 200: branding, ...problemAnswers },
      },
    },
    (request) => setBranding(db, request.call, { id: request.params.id, input: request.body }),
  )
}

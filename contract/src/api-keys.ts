import * as z from 'zod'
import { id, instant, line, pageOf, pageQuery } from './common.ts'
import { permission, role } from './identity.ts'

/** R-USER-4: bound to a tenant, at most a year. */
export const apiKey = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    name: z.string(),
    hint: z.string().meta({ description: 'How the key begins' }),
    role,
    scopes: z.array(permission).meta({ description: 'What of its role the key may use, beside reading' }),
    created_by: z.string().nullable().meta({ description: 'The name of who made it, where you see that user' }),
    created_at: instant,
    expires_at: instant,
    expired: z.boolean(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof apiKey>
export const apiKeyPage = pageOf(apiKey).meta({ id: 'ApiKeyPage' })
export const apiKeyQuery = z.strictObject({ ...pageQuery, tenant_id: id.optional() })
export const createApiKey = z
  .strictObject({
    tenant_id: id,
    name: line(100),
    role,
    scopes: z.array(permission).max(50),
    expires_in_days: z.int().min(1).max(365).default(90),
  })
  .meta({ id: 'CreateApiKey' })
export type CreateApiKey = z.infer<typeof createApiKey>
export const createdApiKey = z
  .strictObject({ api_key: apiKey, secret: z.string().meta({ description: 'ttk_..., shown once' }) })
  .meta({ id: 'CreatedApiKey' })

import { createTenantree } from '@tenantree/sdk'

/** Same origin: the session cookie goes along by itself. Retries what is safe to retry. */
export const api = createTenantree({ baseUrl: '' })

import { api } from './client.ts'
import { usePages } from './pages.ts'

export type AuditFilter = {
  tenant_id?: string
  under_id?: string
  action?: string
  actor_id?: string
  object_kind?: string
  object_id?: string
  from?: string
  to?: string
}

export const useAuditEvents = (filter: AuditFilter) =>
  usePages({
    queryKey: ['audit', filter],
    subject: filter.under_id ?? filter.tenant_id ?? '',
    fetchPage: (cursor) => api.listAuditEvents({ query: { ...filter, cursor, limit: 100 } }),
  })

/** The browser fetches it by itself, with the session's cookie. */
export const auditExportHref = '/v1/audit-export'

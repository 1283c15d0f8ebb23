import { useQuery } from '@tanstack/react-query'
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

/** What the changes of the tenant and of those below it can be filtered by. */
export const useAuditFilters = (tenantId: string) =>
  useQuery({
    queryKey: ['audit-filters', tenantId],
    queryFn: () => api.getAuditFilters({ query: { under_id: tenantId } }),
    staleTime: 60_000,
  })

/** The browser fetches it by itself, with the session's cookie. */
export const auditExportHref = '/v1/audit-export'

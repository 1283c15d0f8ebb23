import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateTenant, UpdateTenant } from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'
import type { Level, TenantRow } from './types.ts'

export type TenantSort = 'name' | '-created_at'
export type TenantFilter = {
  parent_id?: string
  under_id?: string
  level?: Level
  state?: TenantRow['state']
  q?: string
  sort?: TenantSort
}

export const tenantQuery = (id: string) =>
  queryOptions({ queryKey: ['tenants', 'one', id], queryFn: () => api.getTenant({ path: { id } }) })

export const useTenant = (id: string) => useQuery(tenantQuery(id))

/** One page of a list, for lists that keep their pages themselves. */
export const tenantPageQuery = (filter: TenantFilter, cursor: string | undefined, limit: number) =>
  queryOptions({
    queryKey: ['tenants', 'page', filter, cursor ?? null, limit],
    queryFn: () => api.listTenants({ query: { ...filter, cursor, limit } }),
    staleTime: 30_000,
  })

export const useTenants = (filter: TenantFilter, enabled = true) =>
  usePages({
    queryKey: ['tenants', 'list', filter],
    subject: filter.under_id ?? filter.parent_id ?? '',
    fetchPage: (cursor) => api.listTenants({ query: { ...filter, cursor, limit: 100 } }),
    enabled,
  })

export function useCreateTenant() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateTenant) => api.createTenant({ body: input }),
    onSuccess: (tenant) => {
      queryClient.setQueryData(tenantQuery(tenant.id).queryKey, tenant)
      void queryClient.invalidateQueries({ queryKey: ['tenants'] })
      void queryClient.invalidateQueries({ queryKey: ['overview'] })
    },
  })
}

/** The change is refused with stale_version where someone else has changed the tenant since `version`. */
export function useUpdateTenant(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ version, change }: { version: number; change: UpdateTenant }) =>
      api.updateTenant({ path: { id }, body: change, headers: { 'if-match': `"${version}"` } }),
    onSuccess: (tenant) => {
      queryClient.setQueryData(tenantQuery(id).queryKey, tenant)
      void queryClient.invalidateQueries({ queryKey: ['tenants'] })
    },
  })
}

export const useStorageLocations = () =>
  useQuery({
    queryKey: ['storage-locations'],
    queryFn: () => api.listStorageLocations().then((page) => page.data),
    staleTime: 10 * 60_000,
  })

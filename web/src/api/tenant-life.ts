import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DeleteTenant } from '@tenantree/sdk'
import { api } from './client.ts'
import { tenantQuery } from './tenants.ts'
import type { Tenant } from './types.ts'

/** What happens to a tenant changes lists, sums and places far from it: everything is read anew. */
function useTenantAct<Input>(id: string, act: (input: Input) => Promise<Tenant>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (tenant) => {
      queryClient.setQueryData(tenantQuery(id).queryKey, tenant)
      void queryClient.invalidateQueries()
    },
  })
}

export type TenantSwitch = 'inactivate' | 'reactivate' | 'restore'
const switches = {
  inactivate: (id: string) => api.inactivateTenant({ path: { id } }),
  reactivate: (id: string) => api.reactivateTenant({ path: { id } }),
  restore: (id: string) => api.restoreTenant({ path: { id } }),
}
export const useTenantSwitch = (id: string) => useTenantAct(id, (name: TenantSwitch) => switches[name](id))

export const useDeleteTenant = (id: string) =>
  useTenantAct(id, (body: DeleteTenant) => api.deleteTenant({ path: { id }, body }))

export const useMoveTenant = (id: string) =>
  useTenantAct(id, (parentId: string) => api.moveTenant({ path: { id }, body: { parent_id: parentId } }))

/** What the move would do; asked anew for each parent that is looked at. */
export const useMovePreview = (id: string, parentId: string | null) =>
  useQuery({
    queryKey: ['move-preview', id, parentId],
    queryFn: () => api.previewMove({ path: { id }, body: { parent_id: parentId ?? '' } }),
    enabled: parentId !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  })

export const useSetStorageLocation = (id: string) =>
  useTenantAct(id, (body: { storage_location: string; reason: string }) =>
    api.setStorageLocation({ path: { id }, body }),
  )

/** Creates the tenants of a file, or only looks at it. */
export function useImportTenants() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: { csv: string; dry_run: boolean }) => api.importTenants({ body }),
    onSuccess: ({ dry_run }) => {
      if (!dry_run) void queryClient.invalidateQueries()
    },
  })
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  ActOnLicenses,
  AssignLicense,
  License,
  MoveLicenses,
  PoolSettings,
  SetAside,
  SetPoolSettings,
} from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'

/** The filters of the grid, as the API takes them. R-LIC-6. */
export type LicenseFilter = {
  tenant_id: string
  kind?: 'commercial' | 'trial'
  validity?: 'valid' | 'expired'
  use?: 'used' | 'unused'
  auto_renew?: 'true' | 'false'
  q?: string
}
export type LicenseSort = 'type' | 'valid_until' | '-valid_until' | '-created_at'

/** All types with their counts, as many as the catalog has offers, and the filter that they were counted under. */
export const useLicenseTypes = (filter: LicenseFilter) =>
  useQuery({
    queryKey: ['licenses', 'types', filter],
    queryFn: async () => ({ filter, types: (await api.listLicenseTypes({ query: filter })).data }),
    placeholderData: (former) => (former?.filter.tenant_id === filter.tenant_id ? former : undefined),
  })

export const useLicense = (id: string) =>
  useQuery({ queryKey: ['licenses', 'one', id], queryFn: () => api.getLicense({ path: { id } }) })

export const useLicenseHistory = (id: string) =>
  usePages({
    queryKey: ['licenses', 'history', id],
    subject: id,
    fetchPage: (cursor) => api.listLicenseHistory({ path: { id }, query: { cursor, limit: 50 } }),
  })

/** After any act on licenses all that counts them is read anew. */
function useLicenseMutation<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(['licenses', 'pool', 'trials'].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  })
}

export const useAssignLicense = (id: string) =>
  useLicenseMutation((body: AssignLicense) => api.assignLicense({ path: { id }, body }))
export const useReleaseLicense = () => useLicenseMutation((id: string) => api.releaseLicense({ path: { id } }))
export const useCancelLicense = () => useLicenseMutation((id: string) => api.cancelLicense({ path: { id } }))
export const useRestoreLicense = () => useLicenseMutation((id: string) => api.restoreLicense({ path: { id } }))
export const useChangeEdition = (id: string) =>
  useLicenseMutation((offerId: string) => api.changeLicenseEdition({ path: { id }, body: { offer_id: offerId } }))
export const useActOnLicenses = () => useLicenseMutation((body: ActOnLicenses) => api.actOnLicenses({ body }))
export const useMoveLicenses = () => useLicenseMutation((body: MoveLicenses) => api.moveLicenses({ body }))

export const usePool = (tenantId: string) =>
  useQuery({ queryKey: ['pool', tenantId], queryFn: () => api.getPool({ path: { id: tenantId } }) })

/** What the holders of a tenant may take. R-TREE-9. */
export const useAvailableLicenses = (tenantId: string) =>
  useQuery({
    queryKey: ['pool', 'available', tenantId],
    queryFn: () => api.listAvailableLicenses({ path: { id: tenantId } }).then(({ data }) => data),
  })

export const usePoolSettings = (tenantId: string) =>
  useQuery({ queryKey: ['pool', 'settings', tenantId], queryFn: () => api.getPoolSettings({ path: { id: tenantId } }) })

export const useSetPoolSettings = ({ tenant_id: id, version }: PoolSettings) =>
  useLicenseMutation((body: SetPoolSettings) =>
    api.setPoolSettings({ path: { id }, body, headers: { 'if-match': `"${version}"` } }),
  )

export const useSetAside = (companyId: string) =>
  useLicenseMutation((body: SetAside) => api.setAsideLicenses({ path: { id: companyId }, body }))

export const useRequestTrials = (tenantId: string) =>
  useLicenseMutation((body: { offer_id: string; quantity: number }) =>
    api.requestTrialLicenses({ body: { ...body, tenant_id: tenantId } }),
  )

export type { License }

import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import type { CreateDomain, CreateGateway, CreateSubscriber } from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'

/** The registers of holders that have no other page. Devices have theirs. */
export type RegisterFilter = { tenant_id: string; q?: string }
const limit = 100

export const useSubscribers = (filter: RegisterFilter, enabled: boolean) =>
  usePages({
    queryKey: ['holders', 'subscriber', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listSubscribers({ query: { ...filter, cursor, limit } }),
    enabled,
  })
export const useGateways = (filter: RegisterFilter, enabled: boolean) =>
  usePages({
    queryKey: ['holders', 'gateway', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listGateways({ query: { ...filter, cursor, limit } }),
    enabled,
  })
export const useDomains = (filter: RegisterFilter, enabled: boolean) =>
  usePages({
    queryKey: ['holders', 'domain', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listDomains({ query: { ...filter, cursor, limit } }),
    enabled,
  })

/** A holder that leaves gives its licenses back: both lists are read anew. */
function useRegisterMutation<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>, also: QueryKey[] = []) {
  const queryClient = useQueryClient()
  const keys: QueryKey[] = [['holders'], ['licenses'], ['pool'], ...also]
  return useMutation({
    mutationFn,
    onSuccess: () => Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  })
}

export const useCreateSubscriber = () => useRegisterMutation((body: CreateSubscriber) => api.createSubscriber({ body }))
export const useCreateGateway = () => useRegisterMutation((body: CreateGateway) => api.createGateway({ body }))
export const useCreateDomain = () => useRegisterMutation((body: CreateDomain) => api.createDomain({ body }))
export const useRemoveSubscriber = () => useRegisterMutation((id: string) => api.removeSubscriber({ path: { id } }))
export const useRemoveGateway = () => useRegisterMutation((id: string) => api.removeGateway({ path: { id } }))
export const useRemoveDomain = () => useRegisterMutation((id: string) => api.removeDomain({ path: { id } }))
export const useDeleteDevice = () =>
  useRegisterMutation((id: string) => api.deleteDevice({ path: { id } }), [['devices']])

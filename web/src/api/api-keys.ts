import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CreateApiKey } from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'

export const useApiKeys = (tenantId: string) =>
  usePages({
    queryKey: ['api-keys', tenantId],
    subject: tenantId,
    fetchPage: (cursor) => api.listApiKeys({ query: { tenant_id: tenantId, cursor, limit: 100 } }),
  })

/** The answer holds the secret: it is kept nowhere. */
export function useCreateApiKey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateApiKey) => api.createApiKey({ body: input }),
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['api-keys'] }),
  })
}

export function useRevokeApiKey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.revokeApiKey({ path: { id } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['api-keys'] }),
  })
}

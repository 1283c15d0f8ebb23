import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CreateUser } from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'

export const useUsers = (tenantId: string) =>
  usePages({
    queryKey: ['users', tenantId],
    subject: tenantId,
    fetchPage: (cursor) => api.listUsers({ query: { tenant_id: tenantId, cursor, limit: 100 } }),
  })

/** Invites a user. The answer holds the link to sign in with, which is shown once. */
export function useCreateUser() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateUser) => api.createUser({ body: input }),
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SetIdentityProvider } from '@tenantree/sdk'
import { policyKey } from './account.ts'
import { api } from './client.ts'

const keyOf = (tenantId: string) => ['identity-provider', tenantId]

export const useIdentityProvider = (tenantId: string) =>
  useQuery({ queryKey: keyOf(tenantId), queryFn: () => api.getIdentityProvider({ path: { id: tenantId } }) })

function useChange<Input, Answer>(tenantId: string, act: (input: Input) => Promise<Answer>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: keyOf(tenantId) })
      await queryClient.invalidateQueries({ queryKey: policyKey(tenantId) })
    },
  })
}

export const useSetIdentityProvider = (tenantId: string) =>
  useChange(tenantId, (body: SetIdentityProvider) => api.setIdentityProvider({ path: { id: tenantId }, body }))

export const useRemoveIdentityProvider = (tenantId: string) =>
  useChange(tenantId, () => api.removeIdentityProvider({ path: { id: tenantId } }))

/** Whether the provider answers, asked by the server. */
export const useCheckIdentityProvider = (tenantId: string) =>
  useMutation({ mutationFn: () => api.checkIdentityProvider({ path: { id: tenantId } }) })

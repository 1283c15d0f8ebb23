import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { UpdateSignInPolicy } from '@tenantree/sdk'
import { api } from './client.ts'
import { meQuery } from './session.ts'

export const useSecondFactor = () => useQuery({ queryKey: ['second-factor'], queryFn: () => api.getSecondFactor() })

const refresh = async (queryClient: QueryClient) => {
  await queryClient.invalidateQueries({ queryKey: ['second-factor'] })
  await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
}

/** The secret of an authenticator, kept nowhere. */
export const useEnrolSecondFactor = () => useMutation({ mutationFn: () => api.enrolSecondFactor(), gcTime: 0 })

/** Answers the recovery codes. `refresh` tells the console, which whoever shows the codes first asks for afterwards. */
export function useConfirmSecondFactor() {
  const queryClient = useQueryClient()
  const confirm = useMutation({
    mutationFn: (code: string) => api.confirmSecondFactor({ body: { code } }),
    gcTime: 0,
  })
  return { confirm, refresh: () => refresh(queryClient) }
}

export function useRenewRecoveryCodes() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (password: string) => api.renewRecoveryCodes({ body: { current_password: password } }),
    gcTime: 0,
    onSuccess: () => refresh(queryClient),
  })
}

export function useRemoveSecondFactor() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (password: string) => api.removeSecondFactor({ body: { current_password: password } }),
    onSuccess: () => refresh(queryClient),
  })
}

export const useOwnSessions = () =>
  useQuery({ queryKey: ['own-sessions'], queryFn: () => api.listOwnSessions().then((page) => page.data) })

export function useEndOwnSession() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.endOwnSession({ path: { id } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['own-sessions'] }),
  })
}

export const policyKey = (tenantId: string) => ['sign-in-policy', tenantId]

export const useSignInPolicy = (tenantId: string) =>
  useQuery({ queryKey: policyKey(tenantId), queryFn: () => api.getSignInPolicy({ path: { id: tenantId } }) })

export function useSetSignInPolicy(tenantId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: UpdateSignInPolicy) => api.setSignInPolicy({ path: { id: tenantId }, body }),
    onSuccess: async (policy) => {
      queryClient.setQueryData(policyKey(tenantId), policy)
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}

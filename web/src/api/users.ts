import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateUser, UpdateUser } from '@tenantree/sdk'
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

type Edit = { id: string; version: number; change: UpdateUser }

export function useUpdateUser() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version, change }: Edit) =>
      api.updateUser({ path: { id }, headers: { 'if-match': `"${version}"` }, body: change }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
}

export function useRemoveUser() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.removeUser({ path: { id } }),
    onSuccess: () => {
      for (const key of ['users', 'api-keys']) void queryClient.invalidateQueries({ queryKey: [key] })
    },
  })
}

/** A new link, shown once. What the user signed in with before is gone. */
export function useInviteAgain() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.inviteUserAgain({ path: { id } }),
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
}

export const useRoles = () =>
  useQuery({ queryKey: ['roles'], queryFn: () => api.listRoles().then((page) => page.data), staleTime: 600_000 })

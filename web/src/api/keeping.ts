import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './client.ts'
import { usePages } from './pages.ts'

export const useRetention = (tenantId: string) =>
  useQuery({
    queryKey: ['retention', 'of', tenantId],
    queryFn: () => api.listTenantRetention({ path: { id: tenantId } }).then((page) => page.data),
  })

export const useDueRecords = (kind: string, tenantId: string) =>
  usePages({
    queryKey: ['retention', 'due', kind, tenantId],
    subject: tenantId,
    fetchPage: (cursor) => api.listDueRecords({ path: { kind }, query: { tenant_id: tenantId, cursor, limit: 100 } }),
  })

type Setting = { kind: string; version: number; count: number }

export function useSetRetention() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, version, count }: Setting) =>
      api.setRetention({ path: { kind }, headers: { 'if-match': `"${version}"` }, body: { count } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['retention'] }),
  })
}

/** The latest sign-ins of a user. */
export const useSignIns = (userId: string) =>
  useQuery({
    queryKey: ['accesses', userId],
    queryFn: () => api.listAccesses({ query: { actor_id: userId, limit: 10 } }).then((page) => page.data),
  })

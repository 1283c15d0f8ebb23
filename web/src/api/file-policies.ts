import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateFilePolicy } from '@tenantree/sdk'
import { readAll } from './all-pages.ts'
import { api } from './client.ts'

const keyOf = (tenantId: string) => ['file-policies', tenantId]

export const useFilePolicies = (tenantId: string) =>
  useQuery({
    queryKey: keyOf(tenantId),
    queryFn: () => readAll((cursor) => api.listFilePolicies({ path: { id: tenantId }, query: { cursor, limit: 200 } })),
  })

function usePolicyAct<Input>(tenantId: string, act: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keyOf(tenantId) }),
  })
}

export const useAddFilePolicy = (tenantId: string) =>
  usePolicyAct(tenantId, (body: CreateFilePolicy) => api.addFilePolicy({ path: { id: tenantId }, body }))

export const useOrderFilePolicies = (tenantId: string) =>
  usePolicyAct(tenantId, (ids: string[]) => api.orderFilePolicies({ path: { id: tenantId }, body: { ids } }))

export const useRemoveFilePolicy = (tenantId: string) =>
  usePolicyAct(tenantId, (id: string) => api.removeFilePolicy({ path: { id } }))

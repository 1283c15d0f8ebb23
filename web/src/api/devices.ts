import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Device } from '@tenantree/sdk'
import { api } from './client.ts'
import { usePages } from './pages.ts'
import { isProblem } from './problem.ts'

export type DeviceFilter = { tenant_id: string; state?: Device['state']; q?: string }

export const useDevices = (filter: DeviceFilter) =>
  usePages({
    queryKey: ['devices', 'list', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listDevices({ query: { ...filter, cursor, limit: 100 } }),
  })

export const useDevice = (id: string) =>
  useQuery({ queryKey: ['devices', 'one', id], queryFn: () => api.getDevice({ path: { id } }) })

/** The tenant's install token without its secret, or null where it has none. */
export const useInstallToken = (tenantId: string) =>
  useQuery({
    queryKey: ['install-token', tenantId],
    queryFn: () =>
      api.getInstallToken({ path: { id: tenantId } }).catch((error: unknown) => {
        if (isProblem(error, 'not_found')) return null
        throw error
      }),
  })

/** Makes a token and ends the former one. The answer holds the secret: it is kept nowhere. */
export function useCreateInstallToken(tenantId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => api.createInstallToken({ path: { id: tenantId } }),
    gcTime: 0,
    onSuccess: ({ token: _secret, command: _command, ...rest }) =>
      queryClient.setQueryData(['install-token', tenantId], rest),
  })
}

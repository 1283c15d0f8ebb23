import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './client.ts'
import { usePages } from './pages.ts'
import type { Subscription, Trial } from './types.ts'

export type TrialFilter = { tenant_id: string; kind?: Trial['kind']; within_days?: number }

export const useTrials = (filter: TrialFilter, limit = 100) =>
  usePages({
    queryKey: ['trials', 'list', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listTrials({ query: { ...filter, cursor, limit } }),
  })

/** The last trial of a device, or null. */
export const useDeviceTrial = (deviceId: string) =>
  useQuery({
    queryKey: ['trials', 'device', deviceId],
    queryFn: () => api.getDeviceTrial({ path: { id: deviceId } }).then(({ trial }) => trial),
  })

/** What leaves its trial changes states, lists and sums far from it: everything is read anew. */
function useAct<Input, Output>(run: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn: run, onSuccess: () => void queryClient.invalidateQueries() })
}

const toPaid = ({ kind, id }: Pick<Trial, 'kind' | 'id'>): Promise<unknown> => {
  if (kind === 'customer') return api.startProduction({ path: { id } })
  if (kind === 'subscription') return api.setSubscriptionState({ path: { id }, body: { state: 'active' } })
  return api.switchDeviceToPaid({ path: { id } })
}
/** A customer into production, a subscription active, a device to paid. */
export const useEndTrial = () => useAct(toPaid)

export const useSetSubscriptionState = () =>
  useAct(({ id, state }: { id: string; state: Subscription['state'] }) =>
    api.setSubscriptionState({ path: { id }, body: { state } }),
  )

export const useStartDeviceTrial = (deviceId: string) =>
  useAct((offerId: string) => api.startDeviceTrial({ path: { id: deviceId }, body: { offer_id: offerId } }))

export const useTrialMails = (tenantId: string) =>
  useQuery({
    queryKey: ['trials', 'mails', tenantId],
    queryFn: () => api.getTrialMails({ path: { id: tenantId } }),
  })

export function useSetTrialMails(tenantId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (enabled: boolean) => api.setTrialMails({ path: { id: tenantId }, body: { enabled } }),
    onSuccess: (answer) => queryClient.setQueryData(['trials', 'mails', tenantId], answer),
  })
}

export const useUnsubscribe = () => useMutation({ mutationFn: (token: string) => api.unsubscribe({ body: { token } }) })

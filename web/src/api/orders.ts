import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateOrder, Order, OrderRow } from '@tenantree/sdk'
import { readAll } from './all-pages.ts'
import { api } from './client.ts'
import { usePages } from './pages.ts'

export type OrderFilter = { direction?: OrderRow['direction']; state?: OrderRow['state']; tenant_id?: string }

/** Orders of the edges that the user's own tenant is an end of. */
export const useOrders = (filter: OrderFilter) =>
  usePages({
    queryKey: ['orders', 'list', filter],
    subject: 'own',
    fetchPage: (cursor) => api.listOrders({ query: { ...filter, cursor, limit: 100 } }),
  })

export const useOrder = (id: string) =>
  useQuery({ queryKey: ['orders', 'one', id], queryFn: () => api.getOrder({ path: { id } }) })

/** What an order would cost, while it is being written; the former answer stays until the next one is there. */
export const useOrderPreview = (input: CreateOrder | null) =>
  useQuery({
    queryKey: ['orders', 'preview', input],
    queryFn: () => (input === null ? null : api.previewOrder({ body: input })),
    enabled: input !== null,
    placeholderData: (former, query) =>
      (query?.queryKey[2] as CreateOrder | null)?.buyer_id === input?.buyer_id ? former : undefined,
    retry: false,
  })

/** Offers that are bought by an order and are enabled for the buyer. */
export const useOrderedOffers = (buyerId: string) =>
  useQuery({
    queryKey: ['offers', 'ordered', buyerId],
    queryFn: async () => {
      const rows = await readAll((cursor) =>
        api.listTenantOffers({ path: { id: buyerId }, query: { cursor, limit: 200 } }),
      )
      return rows
        .map(({ offer }) => offer)
        .filter(({ terms, withdrawn_at }) => terms.length > 0 && withdrawn_at === null)
    },
  })

export const usePaymentMode = (tenantId: string) =>
  useQuery({ queryKey: ['orders', 'mode', tenantId], queryFn: () => api.getPaymentMode({ path: { id: tenantId } }) })

export const useOrderSettings = (tenantId: string) =>
  useQuery({
    queryKey: ['orders', 'settings', tenantId],
    queryFn: () => api.getOrderSettings({ path: { id: tenantId } }),
  })

export const usePaymentCard = (tenantId: string, enabled = true) =>
  useQuery({
    queryKey: ['orders', 'card', tenantId],
    queryFn: () => api.getPaymentCard({ path: { id: tenantId } }),
    enabled,
  })

/** A command after which orders and what they make are read again. */
function useOrderCommand<Input, Output>(run: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      for (const key of ['orders', 'licenses', 'pools', 'license-types', 'overview'])
        void queryClient.invalidateQueries({ queryKey: [key] })
    },
  })
}

/** The same key again is the same order: a second click buys nothing. */
export const usePlaceOrder = () =>
  useOrderCommand(
    ({ key, body }: { key: string; body: CreateOrder }): Promise<Order> =>
      api.placeOrder({ body, headers: { 'idempotency-key': key } }),
  )

export const useWithdrawOrder = (id: string) => useOrderCommand((_: undefined) => api.withdrawOrder({ path: { id } }))

export const useSetMayOrder = (id: string) =>
  useOrderCommand((may_order: boolean) => api.setOrderSettings({ path: { id }, body: { may_order } }))

export const useSetUpCard = (id: string) => useMutation({ mutationFn: () => api.setUpPaymentCard({ path: { id } }) })

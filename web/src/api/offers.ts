import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateOffer, CreatePrice, CreatePriceList } from '@tenantree/sdk'
import { readAll } from './all-pages.ts'
import { api } from './client.ts'

const limit = 200

export const useOffers = () =>
  useQuery({
    queryKey: ['offers'],
    queryFn: () => readAll((cursor) => api.listOffers({ query: { cursor, limit } })),
  })

export const useEnabledOffers = (tenantId: string) =>
  useQuery({
    queryKey: ['offers', 'enabled', tenantId],
    queryFn: () => api.listTenantOffers({ path: { id: tenantId } }).then((page) => page.data),
  })

export const useAskedPrices = (tenantId: string) =>
  useQuery({
    queryKey: ['prices', 'asked', tenantId],
    queryFn: () => api.listAskedPrices({ path: { id: tenantId } }).then((page) => page.data),
  })

export const usePriceLists = () =>
  useQuery({
    queryKey: ['prices', 'lists'],
    queryFn: () => readAll((cursor) => api.listPriceLists({ query: { cursor, limit } })),
  })

export const usePrices = (priceListId: string) =>
  useQuery({
    queryKey: ['prices', 'of', priceListId],
    queryFn: () => readAll((cursor) => api.listPrices({ path: { id: priceListId }, query: { cursor, limit } })),
  })

export const useSubscriptions = (tenantId: string, enabled: boolean) =>
  useQuery({
    queryKey: ['subscriptions', tenantId],
    queryFn: () => readAll((cursor) => api.listSubscriptions({ query: { tenant_id: tenantId, cursor, limit } })),
    enabled,
  })

/** A command after which everything whose key begins with one of `stale` is read again. */
function useCommand<Input, Output>(run: (input: Input) => Promise<Output>, stale: readonly string[]) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      for (const key of stale) void queryClient.invalidateQueries({ queryKey: [key] })
    },
  })
}

export const useCreateOffer = () => useCommand((input: CreateOffer) => api.createOffer({ body: input }), ['offers'])

export const useEnableOffer = (tenantId: string) =>
  useCommand((offerId: string) => api.enableOffer({ path: { id: tenantId, offer_id: offerId } }), ['offers', 'prices'])

export const useCreatePriceList = () =>
  useCommand((input: CreatePriceList) => api.createPriceList({ body: input }), ['prices'])

export const useCreatePrice = (priceListId: string) =>
  useCommand((input: CreatePrice) => api.createPrice({ path: { id: priceListId }, body: input }), ['prices'])

export const useCreateSubscription = (tenantId: string) =>
  useCommand(
    (offerId: string) => api.createSubscription({ body: { tenant_id: tenantId, offer_id: offerId } }),
    ['subscriptions'],
  )

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  ComputeAmounts,
  CreateOffer,
  CreatePrice,
  CreatePriceList,
  CreateTermsVersion,
  PutMachineEdition,
  UpdateOffer,
} from '@tenantree/sdk'
import { readAll } from './all-pages.ts'
import { api } from './client.ts'

const limit = 200

export const useOffers = () =>
  useQuery({
    queryKey: ['offers'],
    queryFn: () => readAll((cursor) => api.listOffers({ query: { cursor, limit } })),
  })

/** Who of one's direct children has the offer. */
export const useOfferBuyers = (offerId: string) =>
  useQuery({
    queryKey: ['offers', 'buyers', offerId],
    queryFn: () => readAll((cursor) => api.listOfferBuyers({ path: { id: offerId }, query: { cursor, limit } })),
  })

export const useFeatures = () =>
  useQuery({ queryKey: ['offers', 'features'], queryFn: () => api.listFeatures().then((page) => page.data) })

export const useMachineEditions = () =>
  useQuery({ queryKey: ['offers', 'machines'], queryFn: () => api.listMachineEditions().then((page) => page.data) })

export const useTermsVersions = () =>
  useQuery({ queryKey: ['offers', 'terms'], queryFn: () => api.listTermsVersions().then((page) => page.data) })

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

/** Prices that hold today beside what they cost oneself. */
export const useMargins = (priceListId: string, quantity: number) =>
  useQuery({
    queryKey: ['prices', 'margins', priceListId, quantity],
    queryFn: () => api.listMargins({ path: { id: priceListId }, query: { quantity } }).then((page) => page.data),
    placeholderData: (former, query) => (query?.queryKey[2] === priceListId ? former : undefined),
  })

/** What a rate makes of some quantities, while it is being written. */
export const useAmounts = (input: ComputeAmounts | null) =>
  useQuery({
    queryKey: ['amounts', input],
    queryFn: () => (input === null ? [] : api.computeAmounts({ body: input }).then(({ examples }) => examples)),
    enabled: input !== null,
    placeholderData: (former) => former,
    retry: false,
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

export const useUpdateOffer = (offer: { id: string; version: number }) =>
  useCommand(
    (change: UpdateOffer) =>
      api.updateOffer({ path: { id: offer.id }, headers: { 'if-match': `"${offer.version}"` }, body: change }),
    ['offers'],
  )

export const useSetOnSale = (offer: { id: string; version: number }) =>
  useCommand(
    (onSale: boolean) => {
      const input = { path: { id: offer.id }, headers: { 'if-match': `"${offer.version}"` } }
      return onSale ? api.restoreOffer(input) : api.withdrawOffer(input)
    },
    ['offers'],
  )

export const useSetEnabled = (offerId: string) =>
  useCommand(
    async ({ tenantId, enabled }: { tenantId: string; enabled: boolean }) => {
      const path = { id: tenantId, offer_id: offerId }
      await (enabled ? api.enableOffer({ path }) : api.disableOffer({ path }))
    },
    ['offers', 'prices'],
  )

export const usePutMachineEdition = () =>
  useCommand(
    ({ code, version, ...body }: PutMachineEdition & { code: string; version: number }) =>
      api.putMachineEdition({ path: { code }, headers: { 'if-match': `"${version}"` }, body }),
    ['offers'],
  )

export const useCreateTermsVersion = () =>
  useCommand((input: CreateTermsVersion) => api.createTermsVersion({ body: input }), ['offers'])

export const useEnableOffer = (tenantId: string) =>
  useCommand((offerId: string) => api.enableOffer({ path: { id: tenantId, offer_id: offerId } }), ['offers', 'prices'])

export const useCreatePriceList = () =>
  useCommand((input: CreatePriceList) => api.createPriceList({ body: input }), ['prices'])

export const useCreatePrice = (priceListId: string) =>
  useCommand((input: CreatePrice) => api.createPrice({ path: { id: priceListId }, body: input }), ['prices'])

export const useCreateSubscription = (tenantId: string, inTrial: boolean) =>
  useCommand(
    (offerId: string) =>
      api.createSubscription({ body: { tenant_id: tenantId, offer_id: offerId, in_trial: inTrial } }),
    ['subscriptions', 'trials', 'file-policies'],
  )

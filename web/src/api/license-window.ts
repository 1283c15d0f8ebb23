import { useQueries, useQueryClient } from '@tanstack/react-query'
import type { License } from '@tenantree/sdk'
import { api } from './client.ts'
import type { LicenseFilter, LicenseSort } from './licenses.ts'

export const pageRows = 100
/** A page out of sight is forgotten after this long: whoever scrolls through everything never holds everything. */
const keptMs = 60_000

/** What is loaded is read from the memory of queries, so that no result is looked at: its coming has to be told. */
const notifyOnChangeProps: ('data' | 'isError')[] = ['data', 'isError']

type Asked = { filter: LicenseFilter; sort: LicenseSort }
type Anchors = { cursors: string[] }
type Wanted = { offerId: string; page: number }
type LicensePage = { data: License[]; next: string | null }

/** `null`: on its way. */
export type LoadedPage = { rows: License[] | null; isBroken: boolean }

const anchorsKey = ({ filter, sort }: Asked, offerId: string) => ['licenses', 'anchors', offerId, filter, sort]
const pageKey = ({ filter, sort }: Asked, offerId: string, cursor: string | null) =>
  ['licenses', 'list', offerId, filter, sort, cursor] as const

/**
 * Loads the pages of types that are in sight, any of them at once: where each begins is asked for once per type, when more than its first page is
 * wanted. What was loaded before is answered from memory.
 */
export function useLicenseWindow(asked: Asked, wanted: readonly Wanted[]) {
  const queryClient = useQueryClient()
  const longOnes = [...new Set(wanted.filter(({ page }) => page > 0).map(({ offerId }) => offerId))]
  const anchors = useQueries({
    queries: longOnes.map((offerId) => ({
      notifyOnChangeProps,
      queryKey: anchorsKey(asked, offerId),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.getLicenseAnchors({
          query: { ...asked.filter, offer_id: offerId, sort: asked.sort, every: pageRows },
          signal,
        }),
    })),
  })
  const cursorOf = ({ offerId, page }: Wanted): string | null | undefined =>
    page === 0 ? null : queryClient.getQueryData<Anchors>(anchorsKey(asked, offerId))?.cursors[page - 1]
  const findable = wanted.flatMap((one) => {
    const cursor = cursorOf(one)
    return cursor === undefined ? [] : [{ offerId: one.offerId, cursor }]
  })
  const pages = useQueries({
    queries: findable.map(({ offerId, cursor }) => ({
      notifyOnChangeProps,
      queryKey: pageKey(asked, offerId, cursor),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.listLicenses({
          query: { ...asked.filter, offer_id: offerId, sort: asked.sort, cursor: cursor ?? undefined, limit: pageRows },
          signal,
        }),
      staleTime: keptMs,
      gcTime: keptMs,
    })),
  })
  const broken = [...anchors, ...pages].filter(({ isError }) => isError)
  return {
    /** What is known of a page, whether or not it is in sight. */
    pageOf(one: Wanted): LoadedPage {
      const cursor = cursorOf(one)
      const page =
        cursor === undefined ? undefined : queryClient.getQueryData<LicensePage>(pageKey(asked, one.offerId, cursor))
      return { rows: page?.data ?? null, isBroken: page === undefined && broken.length > 0 }
    },
    retry: () => {
      for (const query of broken) void query.refetch()
    },
  }
}

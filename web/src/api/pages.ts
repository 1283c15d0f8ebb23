import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { PageOf } from './types.ts'

export type Pages<Row> = {
  rows: Row[]
  isPending: boolean
  isRefreshing: boolean
  error: unknown
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  retry: () => void
}

type Options<Row> = {
  queryKey: QueryKey
  /** Whose list it is. Rows of another subject are never shown in the meantime. */
  subject: string
  fetchPage: (cursor: string | undefined) => Promise<PageOf<Row>>
  enabled?: boolean
}

/** A list that grows by cursor pages. While filters change the former rows stay, so that nothing jumps. */
export function usePages<Row>({ queryKey, subject, fetchPage, enabled = true }: Options<Row>): Pages<Row> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    meta: { subject },
    placeholderData: (former, formerQuery) => (formerQuery?.meta?.subject === subject ? former : undefined),
    enabled,
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data])
  return {
    rows,
    isPending: query.isPending,
    isRefreshing: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
    },
    retry: () => void query.refetch(),
  }
}

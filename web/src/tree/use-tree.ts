import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { tenantPageQuery, useTenant } from '../api/tenants.ts'
import type { PageOf, TenantRow } from '../api/types.ts'
import { type Branch, flattenTree, type TreeRow, type TreeTenant } from './flatten.ts'

const pageSize = 100

type Loaded = { parentId: string; page: PageOf<TenantRow> | undefined; hasFailed: boolean }

const addPage = (branch: Branch | undefined, { page, hasFailed }: Loaded): Branch => ({
  children: [...(branch?.children ?? []), ...(page?.data ?? [])],
  hasMore: Boolean(page?.next),
  state: hasFailed ? 'failed' : page ? 'ready' : 'loading',
})

/** The queries for all pages of all open tenants: a page is asked for once the page before told its cursor. */
function useBranchQueries(expanded: ReadonlySet<string>, pageCounts: ReadonlyMap<string, number>) {
  const queryClient = useQueryClient()
  const wanted: { parentId: string; query: ReturnType<typeof tenantPageQuery> }[] = []
  for (const parentId of expanded) {
    let cursor: string | undefined
    for (let page = 0; page < (pageCounts.get(parentId) ?? 1); page += 1) {
      const query = tenantPageQuery({ parent_id: parentId }, cursor, pageSize)
      wanted.push({ parentId, query })
      const next = queryClient.getQueryData(query.queryKey)?.next
      if (!next) break
      cursor = next
    }
  }
  const results = useQueries({ queries: wanted.map(({ query }) => query) })
  return wanted.map(({ parentId }, index) => ({
    parentId,
    page: results[index]?.data,
    hasFailed: results[index]?.isError ?? false,
  }))
}

function useExpanded(rootId: string) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set([rootId]))
  const expand = useCallback(
    (ids: readonly string[]) =>
      setExpanded((former) => (ids.every((id) => former.has(id)) ? former : new Set([...former, ...ids]))),
    [],
  )
  const collapse = useCallback(
    (id: string) => setExpanded((former) => new Set([...former].filter((other) => other !== id))),
    [],
  )
  return { expanded, expand, collapse }
}

/** The tree below `rootId` with its open branches; opens the way to the selected tenant. Null until the root is known. */
export function useTree(rootId: string, selectedId: string) {
  const root = useTenant(rootId).data
  const selected = useTenant(selectedId).data
  const { expanded, expand, collapse } = useExpanded(rootId)
  const [pageCounts, setPageCounts] = useState<ReadonlyMap<string, number>>(new Map())
  const loaded = useBranchQueries(expanded, pageCounts)

  const path = useMemo<readonly TreeTenant[]>(
    () =>
      selected
        ? [...selected.ancestors, selected]
            .filter(({ id }) => id !== rootId)
            .map(({ id, name, level }) => ({ id, name, level, child_count: null, device_count: null }))
        : [],
    [selected, rootId],
  )
  useEffect(() => expand([rootId, ...path.slice(0, -1).map(({ id }) => id)]), [path, rootId, expand])

  const loadMore = (parentId: string) =>
    setPageCounts((former) => {
      const count = loaded.filter((page) => page.parentId === parentId).length
      return new Map(former).set(parentId, count + 1)
    })

  const rows: TreeRow[] = root
    ? flattenTree({ root, expanded, branches: toBranches(loaded), path: withCounts(path, selected) })
    : []
  return { root, rows, expand, collapse, loadMore }
}

const withCounts = (path: readonly TreeTenant[], selected: TreeTenant | undefined) =>
  path.map((step) => (step.id === selected?.id ? { ...step, ...countsOf(selected) } : step))

const countsOf = ({ child_count, device_count }: TreeTenant) => ({ child_count, device_count })

function toBranches(loaded: readonly Loaded[]): Map<string, Branch> {
  const branches = new Map<string, Branch>()
  for (const page of loaded) branches.set(page.parentId, addPage(branches.get(page.parentId), page))
  return branches
}

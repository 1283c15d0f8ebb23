import type { TenantRef } from '../api/types.ts'

/** A tenant as the tree needs it; counts are unknown for one that is shown only because the URL points at it. */
export type TreeTenant = TenantRef & { child_count: number | null; device_count: number | null }

/** The children of a tenant that were loaded so far. */
export type Branch = {
  children: readonly TreeTenant[]
  hasMore: boolean
  state: 'loading' | 'ready' | 'failed'
}

export type TenantNode = {
  kind: 'tenant'
  key: string
  tenant: TreeTenant
  depth: number
  isExpanded: boolean | null
  position: number
  setSize: number
}
export type TreeRow = TenantNode | { kind: 'loading' | 'more' | 'failed'; key: string; parentId: string; depth: number }

type Input = {
  root: TreeTenant
  expanded: ReadonlySet<string>
  branches: ReadonlyMap<string, Branch>
  /** The way from below the root to the selected tenant: shown even where it is beyond the loaded pages. */
  path: readonly TenantRef[]
}

const isLeaf = (tenant: TreeTenant) => tenant.level === 'site' || tenant.child_count === 0

/** The loaded children, with the next step of the path at their end if it is not among them. */
function childrenOf(parent: TreeTenant, depth: number, { branches, path }: Input): readonly TreeTenant[] {
  const loaded = branches.get(parent.id)?.children ?? []
  const isOnPath = depth === 0 || path[depth - 1]?.id === parent.id
  const step = isOnPath ? path[depth] : undefined
  if (!step || loaded.some((child) => child.id === step.id)) return loaded
  return [...loaded, { ...step, child_count: null, device_count: null }]
}

/** The row after the children of an open tenant: waiting, failed, or more to load. */
function tailOf(parentId: string, depth: number, branch: Branch | undefined): TreeRow[] {
  if (!branch || branch.state === 'loading') return [{ kind: 'loading', key: `loading ${parentId}`, parentId, depth }]
  if (branch.state === 'failed') return [{ kind: 'failed', key: `failed ${parentId}`, parentId, depth }]
  return branch.hasMore ? [{ kind: 'more', key: `more ${parentId}`, parentId, depth }] : []
}

/** The tree as the rows that are seen, top to bottom. */
export function flattenTree(input: Input): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (tenant: TreeTenant, place: { depth: number; position: number; setSize: number }) => {
    const isExpanded = isLeaf(tenant) ? null : input.expanded.has(tenant.id)
    rows.push({ kind: 'tenant', key: tenant.id, tenant, isExpanded, ...place })
    if (!isExpanded) return
    const children = childrenOf(tenant, place.depth, input)
    const setSize = Math.max(tenant.child_count ?? 0, children.length)
    for (const [index, child] of children.entries()) {
      visit(child, { depth: place.depth + 1, position: index + 1, setSize })
    }
    rows.push(...tailOf(tenant.id, place.depth + 1, input.branches.get(tenant.id)))
  }
  visit(input.root, { depth: 0, position: 1, setSize: 1 })
  return rows
}

import type { TenantNode, TreeRow } from './flatten.ts'

/** What a key does in a tree: move to a row, open or close a tenant, or choose it. */
export type TreeMove =
  | { kind: 'focus'; index: number }
  | { kind: 'expand' | 'collapse'; tenantId: string }
  | { kind: 'choose'; index: number }

const focus = (index: number): TreeMove => ({ kind: 'focus', index })

function parentIndexOf(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0
  for (let above = index - 1; above >= 0; above -= 1) {
    if ((rows[above]?.depth ?? 0) < depth) return above
  }
  return index
}

function moveRight(node: TenantNode, index: number, count: number): TreeMove | null {
  if (node.isExpanded === null) return null
  if (!node.isExpanded) return { kind: 'expand', tenantId: node.tenant.id }
  return focus(Math.min(index + 1, count - 1))
}

function moveLeft(rows: readonly TreeRow[], index: number): TreeMove {
  const row = rows[index]
  if (row?.kind === 'tenant' && row.isExpanded) return { kind: 'collapse', tenantId: row.tenant.id }
  return focus(parentIndexOf(rows, index))
}

/** The keys of the WAI-ARIA tree pattern. Null where the key does nothing here. */
export function moveForKey(key: string, rows: readonly TreeRow[], index: number): TreeMove | null {
  const row = rows[index]
  if (!row) return null
  switch (key) {
    case 'ArrowDown':
      return focus(Math.min(index + 1, rows.length - 1))
    case 'ArrowUp':
      return focus(Math.max(index - 1, 0))
    case 'Home':
      return focus(0)
    case 'End':
      return focus(rows.length - 1)
    case 'ArrowRight':
      return row.kind === 'tenant' ? moveRight(row, index, rows.length) : null
    case 'ArrowLeft':
      return moveLeft(rows, index)
    case 'Enter':
    case ' ':
      return { kind: 'choose', index }
    default:
      return null
  }
}

/** The next row below `index`, round the end, whose name begins with what was typed. */
export function findByTyping(rows: readonly TreeRow[], index: number, typed: string): number | null {
  const text = typed.toLowerCase()
  // A single letter goes on to the next match; more letters may still fit the row that we are on.
  const first = typed.length === 1 ? 1 : 0
  for (let step = first; step < rows.length + first; step += 1) {
    const at = (index + step) % rows.length
    const row = rows[at]
    if (row?.kind === 'tenant' && row.tenant.name.toLowerCase().startsWith(text)) return at
  }
  return null
}

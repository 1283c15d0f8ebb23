import type { Level } from '../../api/types.ts'

type LowerLevel = Exclude<Level, 'vendor'>

/** Which levels may be added under which. R-TREE-1. */
export const childLevels: Record<Level, readonly LowerLevel[]> = {
  vendor: ['distributor', 'reseller'],
  distributor: ['sub_distributor', 'reseller'],
  sub_distributor: ['reseller'],
  reseller: ['end_customer'],
  end_customer: ['site'],
  site: [],
}

/** Where the level follows from the parent it is shown and cannot be changed. R-TREE-2. */
export const isLevelFixed = (parent: Level) => parent === 'reseller' || parent === 'end_customer'

const order: readonly LowerLevel[] = ['distributor', 'sub_distributor', 'reseller', 'end_customer', 'site']

/** All levels that can occur below a level, top to bottom. */
export function levelsBelow(level: Level): readonly LowerLevel[] {
  const found = new Set<LowerLevel>()
  const visit = (parent: Level) => {
    for (const child of childLevels[parent]) {
      found.add(child)
      visit(child)
    }
  }
  visit(level)
  return order.filter((candidate) => found.has(candidate))
}

export const isPartner = (level: Level) =>
  level === 'distributor' || level === 'sub_distributor' || level === 'reseller'

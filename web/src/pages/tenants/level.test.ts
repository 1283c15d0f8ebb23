import { describe, expect, it } from 'vitest'
import { childLevels, isLevelFixed, isPartner, levelsBelow } from './level.ts'

describe('levels', () => {
  it('R-TREE-1: an end customer stands under a reseller only, a site under an end customer only', () => {
    const parentsOf = (child: string) =>
      Object.entries(childLevels).flatMap(([parent, children]) =>
        children.some((one) => one === child) ? [parent] : [],
      )
    expect(parentsOf('end_customer')).toEqual(['reseller'])
    expect(parentsOf('site')).toEqual(['end_customer'])
    expect(parentsOf('reseller')).toEqual(['vendor', 'distributor', 'sub_distributor'])
    expect(parentsOf('sub_distributor')).toEqual(['distributor'])
    expect(parentsOf('distributor')).toEqual(['vendor'])
  })

  it('R-TREE-2: fixed under a reseller and under an end customer', () => {
    expect(
      (['vendor', 'distributor', 'sub_distributor', 'reseller', 'end_customer'] as const).filter(isLevelFixed),
    ).toEqual(['reseller', 'end_customer'])
  })

  it('below a level are all that may descend from it', () => {
    expect(levelsBelow('sub_distributor')).toEqual(['reseller', 'end_customer', 'site'])
    expect(levelsBelow('vendor')).toHaveLength(5)
    expect(levelsBelow('site')).toEqual([])
  })

  it('partners are those between the vendor and the end customer', () => {
    expect(isPartner('reseller')).toBe(true)
    expect(isPartner('vendor')).toBe(false)
    expect(isPartner('end_customer')).toBe(false)
  })
})

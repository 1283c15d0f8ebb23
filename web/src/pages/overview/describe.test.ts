import { describe, expect, it } from 'vitest'
import { describeDevices, describeLevels, sumOf } from './describe.ts'

describe('the words under the tiles', () => {
  it.each([
    [{}, 'none below yet'],
    [{ site: 2 }, '2 sites'],
    [{ distributor: 1, reseller: 14, end_customer: 212, site: 9 }, '14 resellers, 212 end customers'],
    [{ end_customer: 1, site: 1 }, '1 end customer'],
    [{ distributor: 0, sub_distributor: 1 }, '1 sub-distributor'],
  ])('%o: %s', (counts, expected) => {
    expect(describeLevels(counts)).toBe(expected)
  })

  it('tells offline devices from none', () => {
    expect(describeDevices({})).toBe('none enrolled yet')
    expect(describeDevices({ active: 3 })).toBe('none offline')
    expect(describeDevices({ active: 3, offline: 1 })).toBe('1 offline')
  })

  it('sums', () => {
    expect(sumOf({ a: 1, b: 2 })).toBe(3)
    expect(sumOf({})).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { type Branch, flattenTree, type TreeTenant } from './flatten.ts'
import { findByTyping, moveForKey } from './navigate.ts'

const tenant = (id: string, level: TreeTenant['level'], childCount: number | null = 0): TreeTenant => ({
  id,
  name: id,
  level,
  child_count: childCount,
  device_count: 0,
})
const ready = (children: TreeTenant[], hasMore = false): Branch => ({ children, hasMore, state: 'ready' })

const root = tenant('vendor', 'vendor', 3)
const branches = new Map<string, Branch>([
  ['vendor', ready([tenant('Alder', 'distributor', 2), tenant('Birch', 'distributor')], true)],
  ['Alder', ready([tenant('Ash', 'reseller'), tenant('Aspen', 'reseller')])],
])
const keysOf = (expanded: string[], path: TreeTenant[] = []) =>
  flattenTree({ root, expanded: new Set(expanded), branches, path }).map((row) => `${row.depth} ${row.key}`)

describe('flattenTree', () => {
  it('shows a closed root alone', () => {
    expect(keysOf([])).toEqual(['0 vendor'])
  })

  it('shows open branches in order, and where more can be loaded', () => {
    expect(keysOf(['vendor', 'Alder'])).toEqual(['0 vendor', '1 Alder', '2 Ash', '2 Aspen', '1 Birch', '1 more vendor'])
  })

  it('shows the selected tenant though its page is not loaded, once', () => {
    const path = [tenant('Zelkova', 'distributor', null)]
    expect(keysOf(['vendor'], path)).toEqual(['0 vendor', '1 Alder', '1 Birch', '1 Zelkova', '1 more vendor'])
    expect(keysOf(['vendor'], [tenant('Birch', 'distributor')])).toEqual([
      '0 vendor',
      '1 Alder',
      '1 Birch',
      '1 more vendor',
    ])
  })

  it('does not show the path under a tenant that is not on it', () => {
    const path = [tenant('Birch', 'distributor'), tenant('Beech', 'reseller')]
    expect(keysOf(['vendor', 'Alder'], path)).not.toContain('2 Beech')
  })

  it('waits under a tenant whose children are on their way', () => {
    const rows = flattenTree({ root, expanded: new Set(['vendor']), branches: new Map(), path: [] })
    expect(rows.map((row) => row.kind)).toEqual(['tenant', 'loading'])
  })

  it('tells position and size, and that a site has no children', () => {
    const [top, alder, birch] = flattenTree({ root, expanded: new Set(['vendor']), branches, path: [] })
    expect(top).toMatchObject({ isExpanded: true, position: 1, setSize: 1 })
    expect(alder).toMatchObject({ isExpanded: false, position: 1, setSize: 3 })
    expect(birch).toMatchObject({ isExpanded: null, position: 2, setSize: 3 })
  })
})

describe('keys of the tree', () => {
  const rows = flattenTree({ root, expanded: new Set(['vendor', 'Alder']), branches, path: [] })

  it.each([
    ['ArrowDown', 0, { kind: 'focus', index: 1 }],
    ['ArrowDown', 5, { kind: 'focus', index: 5 }],
    ['ArrowUp', 0, { kind: 'focus', index: 0 }],
    ['End', 0, { kind: 'focus', index: 5 }],
    ['Home', 4, { kind: 'focus', index: 0 }],
    ['ArrowRight', 1, { kind: 'focus', index: 2 }],
    ['ArrowRight', 2, null],
    ['ArrowLeft', 1, { kind: 'collapse', tenantId: 'Alder' }],
    ['ArrowLeft', 3, { kind: 'focus', index: 1 }],
    ['ArrowLeft', 5, { kind: 'focus', index: 0 }],
    ['Enter', 3, { kind: 'choose', index: 3 }],
    ['x', 3, null],
  ])('%s at %i', (key, index, expected) => {
    expect(moveForKey(key, rows, index)).toEqual(expected)
  })

  it('opens a closed tenant', () => {
    const closed = flattenTree({ root, expanded: new Set(['vendor']), branches, path: [] })
    expect(moveForKey('ArrowRight', closed, 1)).toEqual({ kind: 'expand', tenantId: 'Alder' })
  })

  it.each([
    [0, 'a', 1],
    [1, 'a', 2],
    [3, 'a', 1],
    [2, 'as', 2],
    [2, 'asp', 3],
    [0, 'q', null],
  ])('typing from %i: %s', (index, typed, expected) => {
    expect(findByTyping(rows, index, typed)).toBe(expected)
  })
})

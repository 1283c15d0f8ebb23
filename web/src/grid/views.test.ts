import type { View } from '@tenantree/sdk'
import { expect, it } from 'vitest'
import { readViewFile, toViewFile } from './view-file.ts'
import { applyLayout, moveColumn, readLayout } from './view-layout.ts'

const view: View = {
  id: 'x',
  grid: 'devices',
  name: 'Offline in Norway',
  definition: {
    columns: [{ id: 'os', visible: true, width: 200 }],
    filters: [{ name: 'state', value: 'offline' }],
    sort: null,
  },
  version: 3,
  created_at: '2027-01-05T10:00:00.000Z',
}

it('a view comes back out of its file as it was, without its id and version', () => {
  expect(readViewFile(toViewFile(view), 'devices')).toEqual({ name: view.name, definition: view.definition })
  expect(toViewFile(view)).not.toContain('created_at')
})

it.each([
  ['not JSON', 'x', /not a view/],
  ['another JSON', '[1]', /not a view/],
  ['a view of another grid', toViewFile({ ...view, grid: 'users' }), /another grid: users/],
])('%s is refused', (_what, text, reason) => {
  expect(() => readViewFile(text, 'devices')).toThrow(reason)
})

it('a column moves one step and never off the end', () => {
  expect(moveColumn(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
  expect(moveColumn(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b'])
  expect(moveColumn(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
  expect(moveColumn(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c'])
})

it('what a layout says is what it is read as, and what it does not say stays hidden as usual', () => {
  const columns = [
    { id: 'b', visible: true, width: 120 },
    { id: 'a', visible: false, width: null },
  ]
  const set: Record<string, unknown> = {}
  const table = {
    getAllLeafColumns: () => columns.map(({ id, visible }) => ({ id, getIsVisible: () => visible })),
    state: { columnSizing: { b: 120.4 } },
    setColumnOrder: (order: string[]) => {
      set.order = order
    },
    setColumnVisibility: (visibility: Record<string, boolean>) => {
      set.visibility = visibility
    },
    setColumnSizing: (sizing: Record<string, number>) => {
      set.sizing = sizing
    },
  }
  expect(readLayout(table)).toEqual(columns)
  applyLayout(table, columns, { c: false, b: false })
  expect(set).toEqual({ order: ['b', 'a'], visibility: { c: false, b: true, a: false }, sizing: { b: 120 } })
})

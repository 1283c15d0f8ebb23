import { type GridName, grids, type ViewDefinition } from '@tenantree/contract'
import { Problem, type ProblemFieldError } from '../kernel/problem.ts'

/** Names are compared without letter case. */
export const toNameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** Holds a definition against what the grid has. Throws invalid_request with a pointer to each name that it does not know. */
export function decideDefinition(grid: GridName, definition: ViewDefinition): ViewDefinition {
  const { columns, filters, sorts } = grids[grid]
  const sort = definition.sort === null ? [] : [definition.sort.column]
  const errors = [
    ...findWrong(
      definition.columns.map((column) => column.id),
      columns,
      (index) => `/definition/columns/${index}/id`,
    ),
    ...findWrong(
      definition.filters.map((filter) => filter.name),
      filters,
      (index) => `/definition/filters/${index}/name`,
    ),
    ...findWrong(sort, sorts, () => '/definition/sort/column'),
  ]
  if (errors.length > 0) throw new Problem('invalid_request', { errors })
  return definition
}

function findWrong(
  names: readonly string[],
  known: readonly string[],
  toPointer: (index: number) => string,
): ProblemFieldError[] {
  return names.flatMap((name, index) => {
    const pointer = toPointer(index)
    if (!known.includes(name)) return [{ pointer, code: 'unknown_name', detail: `${name} is not known to this grid` }]
    if (names.indexOf(name) < index) return [{ pointer, code: 'repeated_name', detail: `${name} stands twice` }]
    return []
  })
}

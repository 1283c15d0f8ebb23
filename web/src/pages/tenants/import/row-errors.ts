export type RowError = { row: number; column: string; code: string; detail: string }

const isRowError = (value: unknown): value is RowError =>
  typeof value === 'object' && value !== null && 'row' in value && 'column' in value && 'detail' in value

/** The errors of a refused import, row by row; none where the problem is another one. */
export function readRowErrors(problem: { params?: Record<string, unknown> | undefined } | null): RowError[] {
  const rows = problem?.params?.rows
  return Array.isArray(rows) ? rows.filter(isRowError) : []
}

export const sample = `name,parent,level,service_type,device_country,in_trial,external_id
Havel Clinic,,end_customer,all_inclusive,DE,yes,C-1
Spree Branch,C-1,site,,DE,,`

import type { View } from '@tenantree/sdk'
import type { GridName } from '../api/views.ts'

const format = 'tenantree-view'

/** A view as a file to hand on. It holds names of columns and filters, nothing of the rows. */
export const toViewFile = ({ grid, name, definition }: View): string =>
  `${JSON.stringify({ format, version: 1, grid, name, definition }, null, 2)}\n`

export type ViewFile = { name: string; definition: unknown }

/** Reads a view out of a file; the server checks the definition. Throws an Error that tells what is wrong. */
export function readViewFile(text: string, grid: GridName): ViewFile {
  const file = parse(text)
  if (file.format !== format || typeof file.name !== 'string') throw new Error('This file is not a view of Tenantree.')
  if (file.grid !== grid) throw new Error(`This is a view of another grid: ${String(file.grid)}.`)
  return { name: file.name, definition: file.definition }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

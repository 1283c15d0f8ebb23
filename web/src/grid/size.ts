import { type Align, alignStyle } from '../ui/align.ts'

type Sized = { getSize: () => number; columnDef: { meta?: { align?: Align } } }

/** Columns share the width by their sizes and never get smaller than them: a narrow window scrolls sideways. */
export function cellStyle(column: Sized) {
  const size = column.getSize()
  return { flex: `${size} 0 ${size}px`, minWidth: size, ...alignStyle(column.columnDef.meta?.align) }
}

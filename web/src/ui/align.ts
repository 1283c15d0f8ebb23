export type Align = 'start' | 'end'

// Tabular figures only where figures stand in a column: they also widen hyphens, which looks torn in names.
const end = { textAlign: 'end', fontVariantNumeric: 'tabular-nums' } as const

/** Numbers and money stand at the end of their column. */
export const alignStyle = (align: Align | undefined) => (align === 'end' ? end : undefined)

import type { License, LicenseType } from '@tenantree/sdk'

/** What one line of the license grid shows: the head of a type, a license of an open one, or one that is not loaded or could not be. */
export type LicenseLine =
  | { kind: 'type'; type: LicenseType; isOpen: boolean }
  | { kind: 'license'; license: License }
  | { kind: 'waiting'; id: string }
  | { kind: 'broken'; id: string }

export const keyOf = (line: LicenseLine): string => {
  if (line.kind === 'type') return `type ${line.type.offer.id}`
  return line.kind === 'license' ? line.license.id : line.id
}

/** A type and where it stands: its head at line `from`, then, if it is open, as many lines as it has licenses. */
export type Section = { type: LicenseType; isOpen: boolean; from: number; rows: number }

/** The types in their order, each open one followed by room for all of its licenses, loaded or not. R-LIC-6. */
export function toSections(types: readonly LicenseType[], open: ReadonlySet<string>): Section[] {
  let from = 0
  return types.map((type) => {
    const isOpen = open.has(type.offer.id) && type.total > 0
    const section = { type, isOpen, from, rows: isOpen ? type.total : 0 }
    from += 1 + section.rows
    return section
  })
}

export const countLines = (sections: readonly Section[]): number => {
  const last = sections.at(-1)
  return last === undefined ? 0 : last.from + 1 + last.rows
}

/** The section that a line is in. */
export function sectionAt(sections: readonly Section[], line: number): Section | undefined {
  let [low, high] = [0, sections.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (sections[middle]!.from <= line) low = middle
    else high = middle - 1
  }
  return sections[low]
}

export type PageOfType = { offerId: string; page: number }

/** The pages that the lines in sight are on, and one more to each side, so that whoever scrolls on finds them loaded. */
export function pagesInSight(
  sections: readonly Section[],
  { first, last }: { first: number; last: number },
  pageRows: number,
): PageOfType[] {
  return sections.flatMap(({ type, from, rows }) => {
    const [top, bottom] = [Math.max(0, first - from - 1), Math.min(rows, last - from) - 1]
    if (bottom < top) return []
    const most = Math.ceil(rows / pageRows) - 1
    const start = Math.max(0, Math.floor(top / pageRows) - 1)
    const end = Math.min(most, Math.floor(bottom / pageRows) + 1)
    return Array.from({ length: end - start + 1 }, (_, at) => ({ offerId: type.offer.id, page: start + at }))
  })
}

/** What a group action acts on: licenses that were ticked, or all of a filter, of one type or of every type. */
export type Selection = { ids: ReadonlySet<string>; all: { offerId: string | null; count: number } | null }

export const nothingSelected: Selection = { ids: new Set(), all: null }

export const countOf = ({ ids, all }: Selection): number => all?.count ?? ids.size

export const isSelected = ({ ids, all }: Selection, license: License): boolean =>
  all === null ? ids.has(license.id) : all.offerId === null || all.offerId === license.offer.id

/** Ticks or unticks one license. Out of a whole type no single one can be taken: it begins anew with that one. */
export const toggle = ({ ids, all }: Selection, id: string): Selection => {
  if (all !== null) return { ids: new Set([id]), all: null }
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, all: null }
}

/** The number of licenses that one request names at most; more are named by their filter. */
export const maxNamed = 1000

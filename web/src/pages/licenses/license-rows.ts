import type { License, LicenseType } from '@tenantree/sdk'
import type { Pages } from '../../api/pages.ts'

/** What one line of the license grid shows: the head of a type, a license of an open one, or that more of it is still to come. */
export type LicenseLine =
  | { kind: 'type'; type: LicenseType; isOpen: boolean }
  | { kind: 'license'; license: License }
  | { kind: 'more'; offerId: string; isBroken: boolean }

export const keyOf = (line: LicenseLine): string => {
  if (line.kind === 'type') return `type ${line.type.offer.id}`
  return line.kind === 'license' ? line.license.id : `more ${line.offerId}`
}

type Loaded = Readonly<Record<string, Pages<License> | undefined>>

/** The types in their order, each open one followed by the licenses of it that are loaded. R-LIC-6. */
export const toLines = (types: readonly LicenseType[], open: ReadonlySet<string>, loaded: Loaded): LicenseLine[] =>
  types.flatMap((type): LicenseLine[] => {
    const id = type.offer.id
    const isOpen = open.has(id) && type.total > 0
    const head: LicenseLine = { kind: 'type', type, isOpen }
    if (!isOpen) return [head]
    const pages = loaded[id]
    const rows = (pages?.rows ?? []).map((license): LicenseLine => ({ kind: 'license', license }))
    const isWhole = pages !== undefined && !pages.isPending && !pages.hasMore && !pages.error
    return [
      head,
      ...rows,
      ...(isWhole ? [] : [{ kind: 'more' as const, offerId: id, isBroken: Boolean(pages?.error) }]),
    ]
  })

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

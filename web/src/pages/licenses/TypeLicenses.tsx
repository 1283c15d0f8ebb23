import type { License } from '@tenantree/sdk'
import { useEffect } from 'react'
import { type LicenseFilter, type LicenseSort, useLicensesOf } from '../../api/licenses.ts'
import type { Pages } from '../../api/pages.ts'

type Props = {
  offerId: string
  filter: LicenseFilter
  sort: LicenseSort
  onLoaded: (offerId: string, pages: Pages<License>) => void
}

/** Loads the licenses of one open type and shows nothing itself: the grid has one list of lines over all types. */
export function TypeLicenses({ offerId, filter, sort, onLoaded }: Props) {
  const pages = useLicensesOf(offerId, filter, sort)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the functions in it change with each of these
  useEffect(
    () => onLoaded(offerId, pages),
    [offerId, pages.rows, pages.isPending, pages.hasMore, pages.isLoadingMore, pages.error],
  )
  return null
}

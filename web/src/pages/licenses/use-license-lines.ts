import { useThrottledCallback } from '@mantine/hooks'
import type { License } from '@tenantree/sdk'
import { useState } from 'react'
import { pageRows, useLicenseWindow } from '../../api/license-window.ts'
import type { LicenseFilter, LicenseSort } from '../../api/licenses.ts'
import type { Lines } from '../../grid/lines.ts'
import { countLines, type LicenseLine, pagesInSight, type Section, sectionAt } from './license-rows.ts'

/** While the bar is dragged past thousands of pages, one is asked for this often. */
const windowMs = 100

type Sight = { first: number; last: number }
const blockRows = 20

/** In steps of some rows: the page is not drawn anew for each that comes into sight. */
function toBlocks(former: Sight, sight: Sight): Sight {
  const first = Math.floor(sight.first / blockRows) * blockRows
  const last = Math.ceil(sight.last / blockRows) * blockRows
  return former.first === first && former.last === last ? former : { first, last }
}

type Asked = { filter: LicenseFilter; sort: LicenseSort }

/** The lines of the grid, of which those in sight are loaded, wherever that is. */
export function useLicenseLines(sections: readonly Section[], asked: Asked) {
  const [inSight, setInSight] = useState({ first: 0, last: 0 })
  const onWindow = useThrottledCallback(
    (first: number, last: number) => setInSight((former) => toBlocks(former, { first, last })),
    windowMs,
  )
  const { pageOf, retry } = useLicenseWindow(asked, pagesInSight(sections, inSight, pageRows))
  const [made] = useState(() => new WeakMap<License, LicenseLine>())

  const at = (index: number): LicenseLine => {
    const { type, isOpen, from } = sectionAt(sections, index)!
    if (index === from) return { kind: 'type', type, isOpen }
    const row = index - from - 1
    const { rows, isBroken } = pageOf({ offerId: type.offer.id, page: Math.floor(row / pageRows) })
    const license = rows?.[row % pageRows]
    if (license === undefined)
      return { kind: isBroken ? ('broken' as const) : ('waiting' as const), id: `${type.offer.id} ${row}` }
    const line = made.get(license) ?? { kind: 'license', license }
    made.set(license, line)
    return line
  }
  const lines: Lines<LicenseLine> = { count: countLines(sections), at, onWindow, byPlace: true }
  return { lines, retry }
}

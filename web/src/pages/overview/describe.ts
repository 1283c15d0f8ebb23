import { formatCount, formatNumberOf } from '../../format/money.ts'

type Counts = Readonly<Record<string, number>>

export const sumOf = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)

const levelWords = [
  ['distributor', 'distributor'],
  ['sub_distributor', 'sub-distributor'],
  ['reseller', 'reseller'],
  ['end_customer', 'end customer'],
  ['site', 'site'],
] as const

/** The two lowest partner-to-customer levels say most: "14 resellers, 212 end customers". */
export function describeLevels(counts: Counts): string {
  const words = levelWords.flatMap(([level, word]) => {
    const count = counts[level] ?? 0
    return count > 0 && level !== 'site' ? [formatNumberOf(count, word)] : []
  })
  if (words.length > 0) return words.slice(-2).join(', ')
  const sites = counts.site ?? 0
  return sites > 0 ? formatNumberOf(sites, 'site') : 'none below yet'
}

/** "38 offline", or that all is well. */
export function describeDevices(counts: Counts): string {
  const offline = counts.offline ?? 0
  if (sumOf(counts) === 0) return 'none enrolled yet'
  return offline > 0 ? `${formatCount(offline)} offline` : 'none offline'
}

import type { ReportedPeaks } from '@tenantree/contract'

const names = ['selected_size', 'used_storage', 'protected_users'] as const

/** Whether a report has anything that is higher than what is known, or new. */
export const isHigher = (reported: ReportedPeaks, known: ReportedPeaks): boolean =>
  names.some((name) => (reported[name] ?? -1) > (known[name] ?? -1))

/** One by one the higher value. */
export function highestOf(one: ReportedPeaks, other: ReportedPeaks): ReportedPeaks {
  const highest: ReportedPeaks = {}
  for (const name of names) {
    const value = Math.max(one[name] ?? -1, other[name] ?? -1)
    if (value >= 0) highest[name] = value
  }
  return highest
}

/** The first signal comes at once: whoever installs an agent wants to see it. */
export const firstHeartbeatS = 1
const everyS = 300
const jitterS = 60

/** Seconds until the next signal, spread so that agents that started together do not stay together. `share` is from 0 to 1. */
export const nextHeartbeatS = (share: number): number => Math.round(everyS + (share * 2 - 1) * jitterS)

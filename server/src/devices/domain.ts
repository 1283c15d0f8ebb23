import type { Instant } from '../kernel/time.ts'

export type StoredState = 'pending' | 'active' | 'deactivated' | 'uninstalled' | 'deleted'
export type ShownState = StoredState | 'offline'

const offlineAfterMinutes = 15

/** Whoever was last seen at this moment or before is offline. */
export const offlineFrom = (now: Instant): Instant => now.subtract({ minutes: offlineAfterMinutes })

/** A device is offline after 15 minutes without a signal: told from the last one, not stored. Domain, section 13. */
export function toShownState(state: StoredState, lastSeenAt: string | null, now: Instant): ShownState {
  if (state !== 'active') return state
  const seenMs = Date.parse(lastSeenAt ?? '1970-01-01T00:00:00Z')
  return seenMs <= offlineFrom(now).epochMilliseconds ? 'offline' : 'active'
}

/** Whether a trial has stopped the device. R-TRIAL-2, R-TRIAL-3. */
export const isStopped = (
  { deactivates_at: at }: { deactivates_at?: string | null | undefined },
  now: Instant,
): boolean => typeof at === 'string' && Date.parse(at) <= now.epochMilliseconds

/** Bit d - 1 of a day map is day d of the month. */
export const dayBit = (day: number): number => 1 << (day - 1)

export function daysOf(map: number): number[] {
  const days: number[] = []
  for (let day = 1; day <= 31; day += 1) if (map & dayBit(day)) days.push(day)
  return days
}

/** The days from `first` to the end of the month; none for a first day past it. */
export const mapFrom = (first: number): number => (first > 31 ? 0 : 0x7fffffff & ~((1 << (Math.max(first, 1) - 1)) - 1))

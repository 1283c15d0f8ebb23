/** A number from 0 to just below 1, as Math.random gives. */
export type Random = () => number

const minWaitMs = 1000
const maxWaitMs = 24 * 60 * 60 * 1000
const firstBackoffMs = 5000
const maxBackoffMs = 15 * 60 * 1000

/** A longer timer than a day may overflow, a shorter one than a second would be a loop. */
const within = (ms: number) => Math.round(Math.min(Math.max(ms, minWaitMs), maxWaitMs))

/** What the server said and up to a tenth more, so that devices that start together drift apart. */
export const computeHeartbeatWaitMs = (heartbeatAfterS: number, random: Random): number =>
  within(heartbeatAfterS * 1000 * (1 + random() / 10))

/** Exponential with full jitter, 15 minutes at most; never sooner than the server asks in Retry-After. `failures` counts from 1. */
export function computeRetryWaitMs(failures: number, retryAfterMs: number | null, random: Random): number {
  const ceilingMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1))
  if (retryAfterMs === null) return within(ceilingMs * random())
  return within(retryAfterMs + Math.min(ceilingMs, retryAfterMs / 10) * random())
}

/** RFC 9110, 10.2.3: seconds or a date. Null where the header is missing or is neither. */
export function parseRetryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}

import { type Instant, isBefore, Temporal } from '../kernel/time.ts'

/** The row app.test_clock: real time plus an offset, or a moment at which time stands still. */
export type ClockReading = { offset_ms: bigint; frozen_at: string | null }

/** The only place that reads the machine's time. */
export const realNow = (): Instant => Temporal.Now.instant()

export const toNow = (reading: ClockReading): Instant =>
  reading.frozen_at === null
    ? realNow().add({ milliseconds: Number(reading.offset_ms) })
    : Temporal.Instant.from(reading.frozen_at)

/** The last reading of the clock that this process saw, for what has no transaction of its own (the heartbeat's memory). */
export type Clock = {
  now(): Instant
  learn(reading: ClockReading): Instant
  /** Sets the clock whatever it says: only before anything has happened. */
  begin(reading: ClockReading): void
}

export function createClock(): Clock {
  let last: ClockReading = { offset_ms: 0n, frozen_at: null }
  return {
    now: () => toNow(last),
    learn(reading) {
      // A transaction that began before a move may tell of it later: the clock moves forward only.
      if (!isBefore(toNow(reading), toNow(last))) last = reading
      return toNow(reading)
    },
    begin(reading) {
      last = reading
    },
  }
}

import { setTimeout as delay } from 'node:timers/promises'

/** Time as a port: a test moves it, the program takes the system's. */
export type Clock = {
  now(): Date
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
}

/** The first signal comes at once: whoever installs an agent wants to see it. */
export const firstHeartbeatS = 1
const everyS = 300
const jitterS = 60

/** Seconds until the next signal, spread so that agents that started together do not stay together. `share` is from 0 to 1. */
export const nextHeartbeatS = (share: number): number => Math.round(everyS + (share * 2 - 1) * jitterS)

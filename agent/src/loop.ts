import { computeHeartbeatWaitMs, computeRetryWaitMs, parseRetryAfterMs, type Random } from './backoff.ts'
import type { Clock } from './clock.ts'
import { AgentError, type AgentErrorCode } from './errors.ts'
import type { HeartbeatAnswer } from './wire.ts'

export type AgentEvent =
  | { kind: 'answered'; at: Date; day: string; waitMs: number }
  | { kind: 'failed'; at: Date; error: AgentError; waitMs: number }
export type LoopPorts = {
  heartbeat: (signal: AbortSignal) => Promise<HeartbeatAnswer>
  clock: Clock
  random: Random
  report: (event: AgentEvent) => void | Promise<void>
}

/** A captive portal answers HTML, a proxy 502, a server in the middle of its update 404: a later signal may get through. */
const mayPass: Partial<Record<AgentErrorCode, true>> = {
  server_unreachable: true,
  server_moved: true,
  server_failing: true,
  too_many_requests: true,
  not_a_tenantree_server: true,
  request_refused: true,
}

/**
 * Sends signals until aborted: one answered is done, one unanswered is sent again. R-ACT-2.
 * Throws device_key_invalid, device_refused, and what does not come from the server.
 */
export async function runLoop(ports: LoopPorts, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const event = await attempt(ports, failures, signal)
    if (event === null) return
    failures = event.kind === 'failed' ? failures + 1 : 0
    await ports.report(event)
    await ports.clock.wait(event.waitMs, signal)
  }
}

/** Null when aborted on the way. */
async function attempt(ports: LoopPorts, failures: number, signal: AbortSignal): Promise<AgentEvent | null> {
  try {
    const { day, heartbeat_after_s } = await ports.heartbeat(signal)
    const waitMs = computeHeartbeatWaitMs(heartbeat_after_s, ports.random)
    return { kind: 'answered', at: ports.clock.now(), day, waitMs }
  } catch (error) {
    if (signal.aborted) return null
    if (!(error instanceof AgentError) || !mayPass[error.code]) throw error
    const at = ports.clock.now()
    const waitMs = computeRetryWaitMs(failures + 1, parseRetryAfterMs(error.retryAfter, at), ports.random)
    return { kind: 'failed', at, error, waitMs }
  }
}

import type { Random } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Fetch, Post } from './http.ts'
import { type AgentEvent, runLoop } from './loop.ts'
import { highestOf, type Peaks } from './peaks.ts'
import { parseServerUrl } from './server-url.ts'
import { agentVersion } from './version.ts'
import {
  command,
  type Enrolled,
  type EnrolRequest,
  type HeartbeatAnswer,
  type HeartbeatRequest,
  type Machine,
  parseEnrolled,
  parseHeartbeatAnswer,
} from './wire.ts'

export type EnrollOptions = {
  server: string
  installToken: string
  machine: Machine
  fetch?: Fetch | undefined
  signal?: AbortSignal | undefined
}
export type AgentOptions = {
  server: string
  deviceKey: string
  clock?: Clock | undefined
  fetch?: Fetch | undefined
  random?: Random | undefined
}
export type RunOptions = {
  /** Told of each signal, answered or failed, before the wait that follows it; what it throws ends the run. */
  report?: (event: AgentEvent) => void | Promise<void>
  /** Called before each signal; what it throws ends the run, unless it is an error that a later try may mend. */
  beforeSignal?: () => Promise<void>
  /** Measured before each signal: what is told is the highest since the last one that was answered. */
  readPeaks?: () => Promise<Peaks>
}
export type Agent = {
  heartbeat(signal?: AbortSignal, peaks?: Peaks): Promise<HeartbeatAnswer>
  run(signal: AbortSignal, options?: RunOptions): Promise<void>
  uninstall(signal?: AbortSignal): Promise<void>
}

/**
 * Makes the machine a device of the tenant that the token belongs to. Doing it again is safe: the server knows the machine
 * by its id. Throws AgentError: install_token_invalid, device_refused, request_refused and those of an unusable server.
 */
export async function enroll(options: EnrollOptions): Promise<Enrolled> {
  const body: EnrolRequest = {
    install_token: options.installToken,
    agent_version: agentVersion,
    machine: options.machine,
  }
  const call: Post = {
    server: parseServerUrl(options.server),
    path: '/agent/v1/enrol',
    body,
    fetch: options.fetch,
    signal: options.signal,
  }
  return command(call, { status: 201, parse: parseEnrolled })
}

/** An enrolled device's side of the wire. Each function throws AgentError; device_key_invalid and device_refused are final. */
export function createAgent(options: AgentOptions): Agent {
  const { deviceKey, fetch, clock = systemClock, random = Math.random } = options
  const server = parseServerUrl(options.server)

  const heartbeat = (signal?: AbortSignal, peaks: Peaks = {}): Promise<HeartbeatAnswer> => {
    const body: HeartbeatRequest = { agent_version: agentVersion, sent_at: clock.now().toISOString() }
    if (Object.keys(peaks).length > 0) body.peaks = peaks
    const call = { server, path: '/agent/v1/heartbeat', body, deviceKey, fetch, signal }
    return command(call, { status: 200, parse: parseHeartbeatAnswer })
  }

  const run: Agent['run'] = (signal, { report = () => undefined, beforeSignal, readPeaks } = {}) => {
    let untold: Peaks = {}
    const checked = async () => {
      await beforeSignal?.()
      if (readPeaks) untold = highestOf(untold, await readPeaks())
      const answer = await heartbeat(signal, untold)
      untold = {}
      return answer
    }
    return runLoop({ heartbeat: checked, clock, random, report }, signal)
  }

  const uninstall = (signal?: AbortSignal): Promise<void> => {
    const call = { server, path: '/agent/v1/uninstall', deviceKey, fetch, signal }
    return command(call, { status: 204, parse: () => undefined })
  }
  return { heartbeat, run, uninstall }
}

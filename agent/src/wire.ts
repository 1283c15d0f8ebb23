import { AgentError, toLine } from './errors.ts'
import { type Answer, notTenantree, type Post, post } from './http.ts'
import type { Peaks } from './peaks.ts'

/** What the agent tells of its machine. */
export type Machine = {
  /** Stable and not reversible: a hash of what the machine calls itself; 8 to 128 of 0-9 A-Z a-z . _ : - */
  machine_id: string
  host_name: string
  os: 'windows' | 'macos' | 'linux' | 'other'
  os_version: string
  architecture: 'x64' | 'arm64' | 'x86' | 'arm' | 'other'
  machine_kind: 'physical' | 'virtual' | 'unknown'
}
export type EnrolRequest = { install_token: string; agent_version: string; machine: Machine }
export type Enrolled = { device_id: string; device_key: string; tenant_name: string; heartbeat_after_s: number }
/** `sent_at` is the device's own clock: information only. */
export type HeartbeatRequest = { agent_version: string; sent_at: string; peaks?: Peaks }
/** `day` is the UTC day that the signal counts for, by the server's clock. */
export type HeartbeatAnswer = { heartbeat_after_s: number; day: string }

type Fields = Record<string, unknown>
type Problem = { code: string; title: string; detail: string }

/** Posts, and parses the one status that means success. Throws what `post` throws, and one error per kind of refusal. */
export async function command<Result>(
  call: Post,
  expected: { status: number; parse: (fields: Fields) => Result | null },
): Promise<Result> {
  const answer = await post(call)
  if (answer.status !== expected.status) throw toRefusal(call, answer)
  const result = expected.parse(toFields(answer.text) ?? {})
  if (result === null) throw foreign(call, answer)
  return result
}

/** Anything visible in ASCII may stand in a header; a key that may not would break every later request. */
const isKey = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,500}$/.test(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isSeconds = (value: unknown): value is number => typeof value === 'number' && value >= 0

export function parseEnrolled(fields: Fields): Enrolled | null {
  const { device_id, device_key, tenant_name, heartbeat_after_s } = fields
  if (!isText(device_id) || !isKey(device_key) || !isText(tenant_name) || !isSeconds(heartbeat_after_s)) return null
  return {
    device_id: toLine(device_id, 100),
    device_key,
    tenant_name: toLine(tenant_name, 200),
    heartbeat_after_s,
  }
}

export function parseHeartbeatAnswer({ heartbeat_after_s, day }: Fields): HeartbeatAnswer | null {
  if (!isSeconds(heartbeat_after_s) || !isText(day) || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  return { heartbeat_after_s, day }
}

/** The fields of a JSON object; null for anything else. */
export function toFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

function toProblem(text: string): Problem | null {
  const { code, title, detail, status } = toFields(text) ?? {}
  if (!isText(code) || !isText(title) || typeof status !== 'number') return null
  return { code: toLine(code, 100), title: toLine(title, 200), detail: isText(detail) ? toLine(detail, 300) : '' }
}

function toRefusal(call: Post, answer: Answer): AgentError {
  const { status, retryAfter } = answer
  if (status === 429) {
    return new AgentError('too_many_requests', `${call.server} asks to slow down. Try again later.`, { retryAfter })
  }
  if (status >= 500) {
    return new AgentError('server_failing', `${call.server} fails with status ${status}. Try again later.`, {
      retryAfter,
    })
  }
  const problem = toProblem(answer.text)
  if (problem !== null) return toProblemError(call, status, problem)
  if (status >= 300 && status < 400 && answer.location !== null) return moved(call, answer.location)
  return foreign(call, answer)
}

/** Refusals that have an advice of their own, by the code; else by the status, for codes of a later server. */
function toProblemError(call: Post, status: number, problem: Problem): AgentError {
  if (problem.code === 'install_token_invalid') {
    const advice = 'Copy the current one from the customer in the console; making a new one ends the former'
    return new AgentError('install_token_invalid', `The install token is not valid. ${advice}.`)
  }
  if (status === 401 && call.deviceKey !== undefined) {
    return new AgentError('device_key_invalid', `${call.server} does not know this device any more. Enroll it again.`)
  }
  if (problem.code === 'device_refused' || (status === 403 && call.deviceKey !== undefined)) {
    return new AgentError('device_refused', `${call.server} refuses this device. Ask whoever manages it there.`)
  }
  const what = [problem.title, problem.detail].filter((text) => text !== '').join(': ')
  const advice = 'Check that agent and server are of the same release'
  return new AgentError('request_refused', `${call.server} refuses: ${what} (${problem.code}). ${advice}.`)
}

const moved = (call: Post, location: string) =>
  new AgentError('server_moved', `${call.server} points to ${toLine(location, 200)}. Give the address it points to.`)

function foreign(call: Post, answer: Answer): AgentError {
  const what = toFields(answer.text) === null ? 'something other than JSON' : 'other JSON'
  return new AgentError(
    'not_a_tenantree_server',
    notTenantree(call.server, `${call.path} answers ${answer.status} with ${what}`),
  )
}

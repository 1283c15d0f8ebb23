import { type Agent, createAgent, enroll } from './agent.ts'
import type { Random } from './backoff.ts'
import type { Clock } from './clock.ts'
import { AgentError } from './errors.ts'
import type { AgentEvent } from './loop.ts'
import { readMachine } from './machine.ts'
import { type Peaks, readPeaksFile } from './peaks.ts'
import { parseServerUrl } from './server-url.ts'
import {
  findLastSuccess,
  findState,
  getState,
  probeStateDir,
  removeState,
  type State,
  writeLastSuccess,
  writeState,
} from './state.ts'

export type Io = {
  say: (line: string) => void
  warn: (line: string) => void
  signal: AbortSignal
  clock?: Clock
  random?: Random
}
export type RunInput = { stateDir: string; isOnce: boolean; peaksFile: string | null }
export type EnrollInput = { server: string; token: string; stateDir: string; isForced: boolean }

const agentOf = (state: State, io: Io): Agent =>
  createAgent({ server: state.server, deviceKey: state.device_key, clock: io.clock, random: io.random })
const codeOf = (error: unknown) => (error instanceof AgentError ? error.code : null)

export async function enrollMachine(io: Io, input: EnrollInput): Promise<void> {
  const server = parseServerUrl(input.server)
  if (!input.isForced && (await isEnrolledAt(io, server, input.stateDir))) return
  await probeStateDir(input.stateDir)
  const machine = await readMachine({ stateDir: input.stateDir })
  const device = await enroll({ server, installToken: input.token, machine, signal: io.signal })
  const { device_id, device_key } = device
  await writeState(input.stateDir, { server, device_id, device_key, machine_id: machine.machine_id })
  io.say(`Enrolled ${machine.host_name} as device ${device_id} of ${device.tenant_name}.`)
  io.say('Next: tenantree-agent run, with the same --state-dir if you gave one.')
}

/** Asks with a signal: the machine is alive. A key that is no longer known is no enrolment. */
async function isEnrolledAt(io: Io, server: string, stateDir: string): Promise<boolean> {
  const state = await findState(stateDir)
  if (state === null) return false
  if (state.server !== server) {
    const advice = 'Run tenantree-agent unenroll first, or enroll with --force'
    throw new AgentError('enrolled_elsewhere', `This machine is enrolled at ${state.server}. ${advice}.`)
  }
  try {
    await agentOf(state, io).heartbeat(io.signal)
  } catch (error) {
    if (codeOf(error) === 'device_key_invalid') return false
    throw error
  }
  io.say(`This machine is enrolled already, as device ${state.device_id}. Use --force to enroll it again.`)
  return true
}

/** Ends when interrupted, or after one signal. Throws device_key_invalid, device_refused, not_enrolled and those of the state. */
export async function runAgent(io: Io, { stateDir, isOnce, peaksFile }: RunInput): Promise<void> {
  const state = await getState(stateDir)
  const agent = agentOf(state, io)
  if (isOnce) {
    const { day } = await agent.heartbeat(io.signal, await readPeaks(io, peaksFile))
    await keepLastSuccess(io, stateDir, (io.clock?.now() ?? new Date()).toISOString(), day)
    return io.say(`The signal counts for ${day}.`)
  }
  io.say(`Device ${state.device_id} sends signals to ${state.server}. Ctrl-C ends it.`)
  await agent.run(io.signal, {
    report: (event) => report(io, stateDir, event),
    beforeSignal: () => assertUnchanged(stateDir, state),
    readPeaks: () => readPeaks(io, peaksFile),
  })
}

/** A file that is being written, or is damaged, must not stop the signals. */
const readPeaks = async (io: Io, file: string | null): Promise<Peaks> =>
  file === null
    ? {}
    : readPeaksFile(file).catch((error: unknown) => {
        io.warn(error instanceof Error ? error.message : String(error))
        return {}
      })

/** A signal after `unenroll` would make the device active again, and charged. Throws not_enrolled. */
async function assertUnchanged(stateDir: string, state: State): Promise<void> {
  const current = await getState(stateDir)
  if (current.device_key === state.device_key) return
  throw new AgentError('not_enrolled', 'This machine was enrolled anew meanwhile. Start tenantree-agent run again.')
}

async function report(io: Io, stateDir: string, event: AgentEvent): Promise<void> {
  const next = `Next try in ${Math.round(event.waitMs / 1000)} s.`
  if (event.kind === 'failed') return io.warn(`${event.error.message} ${next}`)
  await keepLastSuccess(io, stateDir, event.at.toISOString(), event.day)
  io.say(`${event.at.toISOString()} The signal counts for ${event.day}. ${next.replace('try', 'signal')}`)
}

/** A full disk must not stop the signals: the server has counted this one. */
const keepLastSuccess = (io: Io, stateDir: string, at: string, day: string): Promise<void> =>
  writeLastSuccess(stateDir, { at, day }).catch((error: unknown) => {
    io.warn(error instanceof Error ? error.message : String(error))
  })

export async function showStatus(io: Io, stateDir: string): Promise<void> {
  const state = await getState(stateDir)
  const last = await findLastSuccess(stateDir)
  io.say(`server        ${state.server}`)
  io.say(`device        ${state.device_id}`)
  io.say(`last success  ${last === null ? 'none yet' : `${last.at}, counted for ${last.day}`}`)
}

/** A key that the server does not know any more leaves nothing to report. */
export async function unenrollMachine(io: Io, stateDir: string, isForced: boolean): Promise<void> {
  try {
    const state = await getState(stateDir)
    await agentOf(state, io).uninstall(io.signal)
  } catch (error) {
    const mayForget = isForced ? codeOf(error) !== 'interrupted' : codeOf(error) === 'device_key_invalid'
    if (!mayForget) throw withForceAdvice(error)
    if (error instanceof Error) io.warn(error.message)
  }
  await removeState(stateDir)
  io.say('The device is forgotten here. Enroll again to bring it back.')
}

function withForceAdvice(error: unknown): unknown {
  if (!(error instanceof AgentError) || error.code === 'not_enrolled') return error
  const advice = 'The enrolment is kept; unenroll with --force removes it all the same.'
  return new AgentError(error.code, `${error.message} ${advice}`, { cause: error })
}

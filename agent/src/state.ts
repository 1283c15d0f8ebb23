import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { AgentError } from './errors.ts'
import { readPrivate, removePrivate, writePrivate } from './state-file.ts'
import { toFields } from './wire.ts'

/** What an enrolled machine has to keep; the key is a secret. */
export type State = { server: string; device_id: string; device_key: string; machine_id: string }
export type LastSuccess = { at: string; day: string }

const stateFile = (dir: string) => path.join(dir, 'device.json')
const lastSuccessFile = (dir: string) => path.join(dir, 'last-success.json')
const machineIdFile = (dir: string) => path.join(dir, 'machine-id')

/** On Windows the account's own folder, services included: what lies in ProgramData any user may read. */
export function defaultStateDir(): string {
  const isRoot = process.getuid?.() === 0
  const home = os.homedir()
  if (process.platform === 'win32') {
    return path.join(process.env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'tenantree-agent')
  }
  if (process.platform === 'darwin') {
    return path.join(isRoot ? '/Library' : path.join(home, 'Library'), 'Application Support', 'tenantree-agent')
  }
  if (isRoot) return '/var/lib/tenantree-agent'
  const xdg = process.env.XDG_STATE_HOME
  // The XDG specification: a relative path is invalid and ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state')
  return path.join(base, 'tenantree-agent')
}

/** Null where the machine is not enrolled. Throws state_unreadable, state_corrupt. */
export async function findState(dir: string): Promise<State | null> {
  const text = await readPrivate(stateFile(dir))
  if (text === null) return null
  const { server, device_id, device_key, machine_id } = toFields(text) ?? {}
  const values = [server, device_id, device_key, machine_id]
  if (!values.every((value) => typeof value === 'string' && value !== '')) {
    const advice = 'Enroll again with --force; the machine stays the same device'
    throw new AgentError('state_corrupt', `${stateFile(dir)} is damaged. ${advice}.`)
  }
  const [asServer, asDeviceId, asDeviceKey, asMachineId] = values.map(String) as [string, string, string, string]
  return { server: asServer, device_id: asDeviceId, device_key: asDeviceKey, machine_id: asMachineId }
}

/** Throws not_enrolled, state_unreadable, state_corrupt. */
export async function getState(dir: string): Promise<State> {
  const state = await findState(dir)
  if (state !== null) return state
  const advice = 'Run tenantree-agent enroll first, or give the --state-dir that it was enrolled with'
  throw new AgentError('not_enrolled', `This machine is not enrolled: nothing in ${dir}. ${advice}.`)
}

/** Enrolling on another server must not show the former one's last success. Throws state_unwritable. */
export async function writeState(dir: string, state: State): Promise<void> {
  await removePrivate(lastSuccessFile(dir))
  await writePrivate(stateFile(dir), toText(state))
}

/** The random machine id stays: a machine that comes back is the same machine. Throws state_unwritable. */
export async function removeState(dir: string): Promise<void> {
  await removePrivate(stateFile(dir))
  await removePrivate(lastSuccessFile(dir))
}

/** Proves that the folder can be written before the server makes a device whose key would be lost. Throws state_unwritable. */
export async function probeStateDir(dir: string): Promise<void> {
  const probe = path.join(dir, `probe-${randomUUID()}`)
  await writePrivate(probe, '')
  await removePrivate(probe)
}

export const writeLastSuccess = (dir: string, last: LastSuccess): Promise<void> =>
  writePrivate(lastSuccessFile(dir), toText(last))

/** Null where there was none yet, or where the file is damaged: it is information only. Throws state_unreadable. */
export async function findLastSuccess(dir: string): Promise<LastSuccess | null> {
  const { at, day } = toFields((await readPrivate(lastSuccessFile(dir))) ?? '') ?? {}
  return typeof at === 'string' && typeof day === 'string' ? { at, day } : null
}

/** For a machine that has no id of its own. Throws state_unreadable, state_unwritable. */
export async function readOrMakeMachineId(dir: string): Promise<string> {
  const known = (await readPrivate(machineIdFile(dir)))?.trim() ?? ''
  if (/^[0-9a-f-]{36}$/.test(known)) return known
  const made = randomUUID()
  await writePrivate(machineIdFile(dir), `${made}\n`)
  return made
}

const toText = (value: State | LastSuccess) => `${JSON.stringify(value, null, 2)}\n`

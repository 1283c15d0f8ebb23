import { createHash } from 'node:crypto'
import os from 'node:os'
import { toLine } from './errors.ts'
import { type Facts, readLinuxFacts, readMacFacts, readOtherFacts, readWindowsFacts } from './machine/facts.ts'
import { defaultStateDir, readOrMakeMachineId } from './state.ts'
import type { Machine } from './wire.ts'

export type ReadMachineOptions = {
  /** Where a machine that has no id of its own keeps a random one. */
  stateDir?: string
}

const systems: Partial<Record<NodeJS.Platform, { os: Machine['os']; read: () => Promise<Facts> }>> = {
  linux: { os: 'linux', read: readLinuxFacts },
  darwin: { os: 'macos', read: readMacFacts },
  win32: { os: 'windows', read: readWindowsFacts },
}

/** Gathers what the server wants to know of this machine. Throws state_unwritable, only where the machine has no id of its own. */
export async function readMachine({ stateDir = defaultStateDir() }: ReadMachineOptions = {}): Promise<Machine> {
  const system = systems[process.platform] ?? { os: 'other' as const, read: readOtherFacts }
  const facts = await system.read()
  return {
    machine_id: hashMachineId(facts.ownId ?? (await readOrMakeMachineId(stateDir))),
    host_name: toLine(os.hostname(), 255) || 'unknown',
    os: system.os,
    os_version: toLine(facts.osVersion, 200) || 'unknown',
    architecture: toArchitecture(os.machine()),
    machine_kind: facts.machineKind,
  }
}

/** The prefix makes the hash ours: other programs that send a hash of the same id cannot be matched with it. */
export const hashMachineId = (ownId: string): string =>
  createHash('sha256').update(`tenantree-agent/machine-id/1:${ownId}`).digest('hex')

/** From what the kernel calls its hardware: a 32-bit Node on a 64-bit system is still on an x64 machine. */
export function toArchitecture(hardware: string): Machine['architecture'] {
  const name = hardware.toLowerCase()
  if (/^(x86_64|amd64|x64)$/.test(name)) return 'x64'
  if (/^(aarch64|arm64)/.test(name)) return 'arm64'
  if (/^(i[3-6]86|x86|ia32)$/.test(name)) return 'x86'
  return name.startsWith('arm') ? 'arm' : 'other'
}

import type { Machine } from '../wire.ts'
import { isVirtualName } from './virtual-names.ts'

/** A REG_SZ value of what `reg query` prints; empty where it is missing. The value's name is never translated. */
export function parseRegistryText(output: string, name: string): string {
  const line = output.split(/\r?\n/).find((candidate) => candidate.trim().startsWith(`${name} `))
  return /REG_SZ\s+(.*)$/.exec(line ?? '')?.[1]?.trim() ?? ''
}

/** From `reg query HKLM\SOFTWARE\Microsoft\Cryptography`. */
export function parseMachineGuid(output: string): string | null {
  const guid = parseRegistryText(output, 'MachineGuid').toLowerCase()
  return /^[0-9a-f-]{36}$/.test(guid) ? guid : null
}

/** From `reg query HKLM\HARDWARE\DESCRIPTION\System\BIOS`. */
export function parseWindowsKind(output: string): Machine['machine_kind'] {
  const names = ['SystemManufacturer', 'SystemProductName'].map((name) => parseRegistryText(output, name))
  const isVirtual = isVirtualName(names.join(' '))
  if (isVirtual === null) return 'unknown'
  return isVirtual ? 'virtual' : 'physical'
}

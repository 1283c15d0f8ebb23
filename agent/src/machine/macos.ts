import type { Machine } from '../wire.ts'

/** From `ioreg -rd1 -c IOPlatformExpertDevice`. */
export const parsePlatformUuid = (ioreg: string): string | null =>
  /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(ioreg)?.[1]?.toLowerCase() ?? null

/** From `sysctl -n kern.hv_vmm_present`; systems before macOS 11 do not have it. */
export function parseMacKind(sysctl: string): Machine['machine_kind'] {
  const value = sysctl.trim()
  if (value === '1') return 'virtual'
  return value === '0' ? 'physical' : 'unknown'
}

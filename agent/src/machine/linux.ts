import type { Machine } from '../wire.ts'
import { isVirtualName } from './virtual-names.ts'

/** The texts of Linux's own files; empty where one is missing. */
export type LinuxFiles = {
  /** sys_vendor and product_name of /sys/class/dmi/id */
  dmiNames: string
  cpuInfo: string
  /** /proc/1/cgroup */
  initControlGroups: string
  /** /run/systemd/container: the kind of container, such as `lxc` */
  containerKind: string
  /** A container engine leaves /.dockerenv or /run/.containerenv. */
  hasContainerMark: boolean
  /** /proc/device-tree/model, on boards without DMI */
  boardModel: string
}

const containerGroups = /docker|kubepods|containerd|libpod|lxc|garden/

/** Containers count as virtual. Without any evidence, as on an ARM machine with neither DMI nor a board's name, it is unknown. */
export function parseLinuxKind(files: LinuxFiles): Machine['machine_kind'] {
  const isContainer =
    files.hasContainerMark || files.containerKind.trim() !== '' || containerGroups.test(files.initControlGroups)
  const hasHypervisor = /^flags\s*:.*\bhypervisor\b/m.test(files.cpuInfo)
  if (isContainer || hasHypervisor) return 'virtual'
  const isVirtual = isVirtualName(`${files.dmiNames} ${files.boardModel}`)
  if (isVirtual !== null) return isVirtual ? 'virtual' : 'physical'
  // An x86 processor lists its flags, and under a hypervisor the flag would be among them.
  return /^flags\s*:/m.test(files.cpuInfo) ? 'physical' : 'unknown'
}

/** PRETTY_NAME of os-release, unquoted as a shell would; null without one. */
export function parsePrettyName(osRelease: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(osRelease)?.[1]?.trim()
  if (value === undefined) return null
  const quoted = /^(["'])(.*)\1$/.exec(value)
  return (quoted?.[2] ?? value).replace(/\\(["'$`\\])/g, '$1').trim() || null
}

/** systemd writes `uninitialized` into the file of an image that has not started yet. */
export function parseLinuxMachineId(text: string): string | null {
  const id = text.trim().toLowerCase()
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : null
}

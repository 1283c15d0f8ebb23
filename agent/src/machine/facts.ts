import os from 'node:os'
import type { Machine } from '../wire.ts'
import { type LinuxFiles, parseLinuxKind, parseLinuxMachineId, parsePrettyName } from './linux.ts'
import { parseMacKind, parsePlatformUuid } from './macos.ts'
import { exists, readCommand, readText } from './read.ts'
import { parseMachineGuid, parseWindowsKind } from './windows.ts'

/** What differs between the systems. `ownId` is what the machine calls itself: never to be sent as it is. */
export type Facts = { ownId: string | null; osVersion: string; machineKind: Machine['machine_kind'] }

export async function readLinuxFacts(): Promise<Facts> {
  const files: LinuxFiles = {
    dmiNames: `${await readText('/sys/class/dmi/id/sys_vendor')} ${await readText('/sys/class/dmi/id/product_name')}`,
    cpuInfo: await readText('/proc/cpuinfo'),
    initControlGroups: await readText('/proc/1/cgroup'),
    containerKind: await readText('/run/systemd/container'),
    hasContainerMark: (await exists('/.dockerenv')) || (await exists('/run/.containerenv')),
    boardModel: (await readText('/proc/device-tree/model')).replaceAll('\0', ''),
  }
  const osRelease = (await readText('/etc/os-release')) || (await readText('/usr/lib/os-release'))
  const { ownId, osVersion } = await readOtherFacts()
  return { ownId, osVersion: parsePrettyName(osRelease) ?? osVersion, machineKind: parseLinuxKind(files) }
}

export async function readMacFacts(): Promise<Facts> {
  const version = (await readCommand('/usr/bin/sw_vers', '-productVersion')).trim()
  return {
    ownId: parsePlatformUuid(await readCommand('/usr/sbin/ioreg', '-rd1', '-c', 'IOPlatformExpertDevice')),
    osVersion: version === '' ? `Darwin ${os.release()}` : `macOS ${version}`,
    machineKind: parseMacKind(await readCommand('/usr/sbin/sysctl', '-n', 'kern.hv_vmm_present')),
  }
}

export async function readWindowsFacts(): Promise<Facts> {
  const reg = `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\reg.exe`
  // A 32-bit Node would be led to another branch of the registry, which does not hold the id.
  const guid = await readCommand(
    reg,
    'query',
    'HKLM\\SOFTWARE\\Microsoft\\Cryptography',
    '/v',
    'MachineGuid',
    '/reg:64',
  )
  return {
    ownId: parseMachineGuid(guid),
    osVersion: `${os.version()} (${os.release()})`,
    machineKind: parseWindowsKind(await readCommand(reg, 'query', 'HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS')),
  }
}

/** A system that we do not know may still keep its id where D-Bus looks for it. */
export async function readOtherFacts(): Promise<Facts> {
  const ownId =
    parseLinuxMachineId(await readText('/etc/machine-id')) ??
    parseLinuxMachineId(await readText('/var/lib/dbus/machine-id'))
  return { ownId, osVersion: `${os.type()} ${os.release()}`, machineKind: 'unknown' }
}

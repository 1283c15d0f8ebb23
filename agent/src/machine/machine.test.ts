import { describe, expect, it } from 'vitest'
import { type LinuxFiles, parseLinuxKind, parseLinuxMachineId, parsePrettyName } from './linux.ts'
import { parseMacKind, parsePlatformUuid } from './macos.ts'
import { parseMachineGuid, parseWindowsKind } from './windows.ts'

const x86Flags = 'processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme de pse tsc msr sse4_2 aes lahf_lm\n'
const nothing: LinuxFiles = {
  dmiNames: ' ',
  cpuInfo: '',
  initControlGroups: '0::/init.scope\n',
  containerKind: '',
  hasContainerMark: false,
  boardModel: '',
}

describe('Linux', () => {
  const cases: [what: string, files: Partial<LinuxFiles>, kind: string][] = [
    ['a desktop', { dmiNames: 'LENOVO\n 20XW004AGE\n', cpuInfo: x86Flags }, 'physical'],
    ['x86 without readable DMI', { cpuInfo: x86Flags }, 'physical'],
    ['the hypervisor flag', { cpuInfo: x86Flags.replace(' aes', ' aes hypervisor') }, 'virtual'],
    ['a flag that only begins so', { cpuInfo: x86Flags.replace(' aes', ' hypervisor_x') }, 'physical'],
    ['QEMU on ARM', { dmiNames: 'QEMU\n KVM Virtual Machine\n', cpuInfo: 'processor\t: 0\n' }, 'virtual'],
    ['VMware', { dmiNames: 'VMware, Inc.\n VMware7,1\n', cpuInfo: x86Flags }, 'virtual'],
    ['EC2', { dmiNames: 'Amazon EC2\n t4g.small\n' }, 'virtual'],
    ['EC2 bare metal', { dmiNames: 'Amazon EC2\n c6g.metal\n' }, 'physical'],
    ['a Docker mark', { dmiNames: 'LENOVO\n', cpuInfo: x86Flags, hasContainerMark: true }, 'virtual'],
    ['an LXC container', { cpuInfo: x86Flags, containerKind: 'lxc\n' }, 'virtual'],
    ['Docker, cgroup v1', { initControlGroups: '12:pids:/docker/5d2c1f\n1:name=systemd:/docker/5d2c1f\n' }, 'virtual'],
    ['Kubernetes', { initControlGroups: '0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope\n' }, 'virtual'],
    ['a Raspberry Pi', { boardModel: 'Raspberry Pi 4 Model B Rev 1.4' }, 'physical'],
    ['a virtual board', { boardModel: 'linux,dummy-virt' }, 'virtual'],
    ['no evidence at all', {}, 'unknown'],
  ]
  it.each(cases)('%s', (_what, files, kind) => {
    expect(parseLinuxKind({ ...nothing, ...files })).toBe(kind)
  })

  it.each([
    ['NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["PRETTY_NAME='Alpine Linux v3.20'", 'Alpine Linux v3.20'],
    ['PRETTY_NAME=Slackware\nVERSION=15', 'Slackware'],
    ['PRETTY_NAME="The \\"Quoted\\" \\$ystem"', 'The "Quoted" $ystem'],
    ['PRETTY_NAME=""', null],
    ['NAME=Arch', null],
  ])('PRETTY_NAME of %j', (text, name) => {
    expect(parsePrettyName(text)).toBe(name)
  })

  it.each([
    ['3d1219c7c4c5404aaa1f6d2a48adfda4\n', '3d1219c7c4c5404aaa1f6d2a48adfda4'],
    ['uninitialized\n', null],
    ['00000000000000000000000000000000\n', null],
    ['3d1219c7c4c5404aaa1f6d2a48adfda\n', null],
    ['', null],
  ])('machine-id %j', (text, id) => {
    expect(parseLinuxMachineId(text)).toBe(id)
  })
})

describe('macOS', () => {
  const ioreg = `+-o J314sAP  <class IOPlatformExpertDevice, id 0x10000022c, registered, matched, active, busy 0>
    {
      "IOPlatformSystemSleepPolicy" = <534c505402>
      "IOPlatformUUID" = "564D2B7A-1C4E-5C0B-9A53-2F0E9E5B1D77"
      "IOPlatformSerialNumber" = "C02XG0FDJGH5"
    }`
  it('the platform UUID, and none in other text', () => {
    expect(parsePlatformUuid(ioreg)).toBe('564d2b7a-1c4e-5c0b-9a53-2f0e9e5b1d77')
    expect(parsePlatformUuid('ioreg: error')).toBeNull()
  })
  it.each([
    ['1\n', 'virtual'],
    ['0\n', 'physical'],
    ['', 'unknown'],
  ])('kern.hv_vmm_present %j', (text, kind) => {
    expect(parseMacKind(text)).toBe(kind)
  })
})

describe('Windows', () => {
  const guid =
    '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n    MachineGuid    REG_SZ    8B0B3C9E-6F2D-4D57-9D0E-0A1B2C3D4E5F\r\n\r\n'
  const bios = (maker: string, product: string) =>
    `\r\nHKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System\\BIOS\r\n    BiosMajorRelease    REG_DWORD    0xff\r\n    SystemManufacturer    REG_SZ    ${maker}\r\n    SystemProductName    REG_SZ    ${product}\r\n    SystemProductNameX    REG_SZ    QEMU\r\n`

  it('the machine GUID, and none where the query fails', () => {
    expect(parseMachineGuid(guid)).toBe('8b0b3c9e-6f2d-4d57-9d0e-0a1b2c3d4e5f')
    expect(parseMachineGuid('')).toBeNull()
  })
  it.each([
    [bios('Microsoft Corporation', 'Virtual Machine'), 'virtual'],
    [bios('Microsoft Corporation', 'Surface Laptop 5'), 'physical'],
    [bios('innotek GmbH', 'VirtualBox'), 'virtual'],
    ['', 'unknown'],
  ])('firmware names %#', (text, kind) => {
    expect(parseWindowsKind(text)).toBe(kind)
  })
})

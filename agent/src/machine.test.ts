import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { expect, it } from 'vitest'
import { emptyFolder } from '../test/given.ts'
import { hashMachineId, readMachine, toArchitecture } from './machine.ts'

it('this machine: the same id twice, every fact fit for the wire', async () => {
  const stateDir = await emptyFolder()
  const machine = await readMachine({ stateDir })
  expect(machine).toEqual(await readMachine({ stateDir }))
  expect(machine.machine_id).toMatch(/^[0-9a-f]{64}$/)
  expect(machine.host_name).toBe(os.hostname())
  expect(machine.os_version).toMatch(/^\S.{0,199}$/)
  expect(['physical', 'virtual', 'unknown']).toContain(machine.machine_kind)
})

it('the id that the machine calls itself by does not leave it', async () => {
  const ownId = (await readFile('/etc/machine-id', 'utf8').catch(() => '3d1219c7c4c5404aaa1f6d2a48adfda4')).trim()
  expect(hashMachineId(ownId)).not.toContain(ownId)
  expect(hashMachineId(ownId)).not.toBe(hashMachineId(`${ownId}0`))
})

it.each([
  ['x86_64', 'x64'],
  ['AMD64', 'x64'],
  ['aarch64', 'arm64'],
  ['arm64', 'arm64'],
  ['i686', 'x86'],
  ['armv7l', 'arm'],
  ['riscv64', 'other'],
])('architecture of %s is %s', (hardware, architecture) => {
  expect(toArchitecture(hardware)).toBe(architecture)
})

import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { emptyFolder } from '../test/given.ts'
import {
  findLastSuccess,
  findState,
  getState,
  probeStateDir,
  readOrMakeMachineId,
  removeState,
  writeLastSuccess,
  writeState,
} from './state.ts'

const state = { server: 'http://127.0.0.1:1', device_id: 'd-1', device_key: 'ttd_1', machine_id: 'machine-1' }
const modeOf = async (file: string) => (await stat(file)).mode & 0o777

it('what is written is read again; only the owner may read it; no draft is left', async () => {
  const dir = path.join(await emptyFolder(), 'made', 'here')
  await writeState(dir, state)
  expect(await getState(dir)).toEqual(state)
  expect(await readdir(dir)).toEqual(['device.json'])
  expect([await modeOf(dir), await modeOf(path.join(dir, 'device.json'))]).toEqual([0o700, 0o600])
})

it('a file that others could read is closed by the next write', async () => {
  const dir = await emptyFolder()
  await writeState(dir, state)
  await chmod(path.join(dir, 'device.json'), 0o644)
  await writeState(dir, { ...state, device_key: 'ttd_2' })
  expect(await modeOf(path.join(dir, 'device.json'))).toBe(0o600)
  expect((await getState(dir)).device_key).toBe('ttd_2')
})

it('not_enrolled: a folder that is missing or empty', async () => {
  const dir = await emptyFolder()
  expect(await findState(path.join(dir, 'missing'))).toBeNull()
  await expect(getState(dir)).rejects.toMatchObject({ code: 'not_enrolled' })
})

it.each(['', '{', '[]', 'null', '{"server":"http://127.0.0.1:1"}', JSON.stringify({ ...state, device_key: 7 })])(
  'state_corrupt: %j',
  async (text) => {
    const dir = await emptyFolder()
    await writeFile(path.join(dir, 'device.json'), text)
    await expect(findState(dir)).rejects.toMatchObject({ code: 'state_corrupt' })
  },
)

it('state_unwritable: the folder cannot be made, and nothing is left behind where it can', async () => {
  const dir = await emptyFolder()
  await writeFile(path.join(dir, 'file'), '')
  await expect(probeStateDir(path.join(dir, 'file', 'state'))).rejects.toMatchObject({ code: 'state_unwritable' })
  await probeStateDir(dir)
  expect(await readdir(dir)).toEqual(['file'])
})

it.skipIf(process.platform !== 'linux')('state_unwritable: a file system that makes no folders', async () => {
  await expect(probeStateDir('/proc/tenantree-agent/state')).rejects.toMatchObject({ code: 'state_unwritable' })
})

it('removing forgets the device and its last success, and keeps the random machine id', async () => {
  const dir = await emptyFolder()
  const id = await readOrMakeMachineId(dir)
  await writeState(dir, state)
  await writeLastSuccess(dir, { at: '2031-03-01T00:00:00.000Z', day: '2031-03-01' })
  await removeState(dir)
  await removeState(dir)
  expect(await readdir(dir)).toEqual(['machine-id'])
  expect(await readOrMakeMachineId(dir)).toBe(id)
})

it('a new enrolment does not show the former last success; a damaged one is none', async () => {
  const dir = await emptyFolder()
  await writeLastSuccess(dir, { at: '2031-03-01T00:00:00.000Z', day: '2031-03-01' })
  expect(await findLastSuccess(dir)).toMatchObject({ day: '2031-03-01' })
  await writeState(dir, state)
  expect(await findLastSuccess(dir)).toBeNull()
  await writeFile(path.join(dir, 'last-success.json'), '{"at":')
  expect(await findLastSuccess(dir)).toBeNull()
})

it('a damaged random machine id is made anew', async () => {
  const dir = await emptyFolder()
  await writeFile(path.join(dir, 'machine-id'), 'half')
  const id = await readOrMakeMachineId(dir)
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(await readFile(path.join(dir, 'machine-id'), 'utf8')).toBe(`${id}\n`)
})

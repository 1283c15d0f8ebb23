import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findSecret, getOrCreateSecret, prepareDataFolder } from './secrets.ts'
import { StartFailure } from './start-failure.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-secrets-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('a secret is made once, for this user alone', async () => {
  const dataDir = join(folder, 'a', 'data')
  const secret = await getOrCreateSecret(dataDir, 'owner')
  expect(secret).toHaveLength(32)
  expect(await getOrCreateSecret(dataDir, 'owner')).toBe(secret)
  expect(await findSecret(dataDir, 'owner')).toBe(secret)
  expect(await findSecret(dataDir, 'other')).toBeNull()
  expect((await stat(join(dataDir, 'secrets', 'owner'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(dataDir, 'secrets'))).mode & 0o777).toBe(0o700)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
})

it('of many who make it at once all get the same, and no draft stays', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => getOrCreateSecret(folder, 'owner')))
  expect(new Set(secrets).size).toBe(1)
  expect(await readdir(join(folder, 'secrets'))).toEqual(['owner'])
})

it('a data folder that is a file stops the start with one line', async () => {
  await writeFile(join(folder, 'data'), '')
  await expect(prepareDataFolder(join(folder, 'data'))).rejects.toThrow(StartFailure)
  await expect(prepareDataFolder(join(folder, 'data', 'deeper'))).rejects.toThrow(/data folder .* cannot be used/)
})

// Root may write everywhere but where the system itself has no place for files.
it('a data folder that cannot be written stops the start with one line', async () => {
  const closed = process.getuid?.() === 0 ? '/proc/tenantree' : join(folder, 'closed')
  if (process.getuid?.() !== 0) await mkdir(closed, { mode: 0o500 })
  await expect(prepareDataFolder(join(closed, 'data'))).rejects.toThrow(/cannot be used: .*Choose a folder.*DATA_DIR/)
})

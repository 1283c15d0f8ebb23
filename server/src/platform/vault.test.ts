import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createVault, readVaultKey } from './vault.ts'

const vault = createVault(randomBytes(32))

describe('a vault', () => {
  it.each(['', 'JBSWY3DPEHPK3PXP', 'ü'.repeat(5000)])('opens what it has sealed', (text) => {
    const sealed = vault.seal(text, 'user 1')
    expect(sealed).toMatch(/^v1\.[\w-]+$/)
    expect([vault.open(sealed, 'user 1'), vault.isSealed(sealed), vault.isSealed(text)]).toEqual([text, true, false])
  })

  it('seals the same text differently each time, and shows nothing of it', () => {
    const sealed = Array.from({ length: 50 }, () => vault.seal('JBSWY3DPEHPK3PXP', 'user 1'))
    expect(new Set(sealed).size).toBe(50)
    expect(sealed.join()).not.toContain('JBSWY3DP')
  })

  it('does not open what belongs to someone else, was changed in any byte, was cut, is of another key, or is plain', () => {
    const sealed = vault.seal('JBSWY3DPEHPK3PXP', 'user 1')
    expect(() => vault.open(sealed, 'user 2')).toThrow()
    expect(() => createVault(randomBytes(32)).open(sealed, 'user 1')).toThrow()
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes)
      changed[at] = changed[at]! ^ 1
      expect(() => vault.open(`v1.${changed.toString('base64url')}`, 'user 1'), `byte ${at}`).toThrow()
      expect(() => vault.open(`v1.${bytes.subarray(0, at).toString('base64url')}`, 'user 1'), `cut at ${at}`).toThrow()
    }
    expect(() => vault.open('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'user 1')).toThrow('not sealed')
  })

  it('takes a key of 32 bytes, neither 31 nor 33', () => {
    for (const size of [31, 33]) expect(() => createVault(randomBytes(size))).toThrow('32 bytes')
  })
})

it('the key is made once, for this user alone; a damaged file stops the start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenantree-vault-'))
  try {
    const key = await readVaultKey(folder)
    expect(key).toHaveLength(32)
    expect(await readVaultKey(folder)).toEqual(key)
    const file = join(folder, 'secrets', 'vault.key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await writeFile(file, key.toString('base64url').slice(0, 20))
    await expect(readVaultKey(folder)).rejects.toThrow('does not hold a key')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

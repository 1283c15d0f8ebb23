import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('src/generated is what contract/openapi.json gives', { timeout: 60_000 }, async () => {
  const script = fileURLToPath(new URL('../scripts/generate.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, '--check'])
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
})

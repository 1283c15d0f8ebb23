import path from 'node:path'
import { parseArgs } from 'node:util'
import { AgentError, toLine } from './errors.ts'
import { defaultStateDir } from './state.ts'

export type CommandName = 'enroll' | 'run' | 'status' | 'unenroll'
export type Arguments =
  | { command: 'help' | 'version' }
  | {
      command: CommandName
      server: string
      token: string
      stateDir: string
      isForced: boolean
      isOnce: boolean
      peaksFile: string | null
    }

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
type Option = typeof text | typeof flag

const optionsOf: Record<CommandName, Record<string, Option>> = {
  enroll: { server: text, token: text, force: flag },
  run: { once: flag, peaks: text },
  status: {},
  unenroll: { force: flag },
}
const isCommandName = (name: string): name is CommandName => Object.hasOwn(optionsOf, name)

/** Throws AgentError usage. */
export function parseArguments(argv: readonly string[]): Arguments {
  if (argv.some((argument) => argument === '--help' || argument === '-h')) return { command: 'help' }
  const [name, ...rest] = argv
  if (name === '--version') return { command: 'version' }
  if (name === undefined) throw misused('Give a command: enroll, run, status or unenroll')
  if (!isCommandName(name)) throw misused(`There is no command "${toLine(name, 100)}"`)
  const values = parseOptions(rest, optionsOf[name])
  const required = name === 'enroll' ? ['server', 'token'] : []
  for (const option of required) {
    if (textOf(values[option]) === '') throw misused(`${name} needs --${option}`)
  }
  return {
    command: name,
    server: textOf(values.server),
    token: textOf(values.token),
    stateDir: path.resolve(textOf(values['state-dir']) || defaultStateDir()),
    isForced: values.force === true,
    isOnce: values.once === true,
    peaksFile: textOf(values.peaks) === '' ? null : path.resolve(textOf(values.peaks)),
  }
}

type Values = Record<string, unknown>
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

function parseOptions(args: string[], options: Record<string, Option>): Values {
  try {
    return parseArgs({ args, options: { ...options, 'state-dir': text }, strict: true }).values
  } catch (error) {
    // Node's message goes on with hints over several lines; its first sentence names the option.
    const message = error instanceof Error ? (error.message.split(/\n|\. /)[0] ?? '') : ''
    throw misused(toLine(message, 200).replace(/\.$/, ''))
  }
}

const misused = (what: string) => new AgentError('usage', `${what}. See tenantree-agent --help.`)

import { type Arguments, parseArguments } from './arguments.ts'
import { enrollMachine, type Io, runAgent, showStatus, unenrollMachine } from './commands.ts'
import { AgentError, toLine } from './errors.ts'
import { usage } from './usage.ts'
import { agentVersion } from './version.ts'

/** Runs one command line and gives the exit code. Whatever fails is one line on the error output, never a stack. */
export async function runProgram(argv: readonly string[], io: Io): Promise<0 | 1> {
  try {
    await dispatch(parseArguments(argv), io)
    return 0
  } catch (error) {
    const wasRunning = argv[0] === 'run' && error instanceof AgentError && error.code === 'interrupted'
    if (wasRunning) return 0
    io.warn(toLine(error instanceof Error ? error.message : String(error), 1000))
    return 1
  }
}

function dispatch(args: Arguments, io: Io): Promise<void> | void {
  switch (args.command) {
    case 'help':
      return io.say(usage.trimEnd())
    case 'version':
      return io.say(agentVersion)
    case 'enroll':
      return enrollMachine(io, args)
    case 'run':
      return runAgent(io, args)
    case 'status':
      return showStatus(io, args.stateDir)
    case 'unenroll':
      return unenrollMachine(io, args.stateDir, args.isForced)
  }
}

import type { CallContext } from '../kernel/context.ts'
import type { Log } from './log.ts'

/**
 * Work that falls due by time. Each looks at its own `due_at` and does what is due at `call.now`, once, however often
 * it is run and by however many processes. Run each minute and after every move of the test clock.
 */
export type DueTask = { name: string; run(call: CallContext): Promise<void> }

/** Runs all tasks in order. One that fails is logged and does not hold up the others; the last error is thrown at the end. */
export async function runDue(tasks: readonly DueTask[], call: CallContext, log: Log): Promise<void> {
  let failure: unknown
  for (const task of tasks) {
    try {
      await task.run(call)
    } catch (error) {
      failure = error
      log.error({ err: error, task: task.name }, 'due work failed and is tried again')
    }
  }
  if (failure !== undefined) throw failure
}

/** Runs `tick` now and then each minute until stopped; a tick that is still running is not joined by another. */
export function startTicking(tick: () => Promise<void>, everyMs: number): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const go = () => {
    running ??= tick()
      .catch(() => {})
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(go, everyMs)
  go()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

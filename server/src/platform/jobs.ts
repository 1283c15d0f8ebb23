import { type Runner, run, Logger as WorkerLogger } from 'graphile-worker'
import { sql } from 'kysely'
import pg from 'pg'
import type { Transaction } from './database.ts'
import type { Log } from './log.ts'

export type Job = (payload: Record<string, unknown>) => Promise<void>

/** Queues immediate work in the transaction that needs it. What waits for a moment in time is a due task instead. */
export async function enqueue(
  tx: Transaction,
  task: string,
  payload: Record<string, unknown>,
  jobKey: string | null = null,
): Promise<void> {
  await sql`select app.enqueue(${task}, ${JSON.stringify(payload)}::json, ${jobKey})`.execute(tx.tables())
}

/** Runs queued jobs. The queue's tables belong to the owner; the bodies open transactions of their own as tt_worker. */
export async function startJobs(ownerUrl: string, jobs: Readonly<Record<string, Job>>, log: Log): Promise<Runner> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 4 })
  // The queue reconnects by itself; without listeners a lost connection would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const taskList = Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [
      name,
      async (payload: unknown) => job(payload as Record<string, unknown>),
    ]),
  )
  const runner = await run({
    pgPool: pool,
    concurrency: 2,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList,
    logger: new WorkerLogger(() => (level, message) => {
      if (level === 'error' || level === 'warning') log.warn({ queue: message }, 'job queue')
    }),
    preset: { worker: { localQueue: { size: 20 } } },
  })
  const stop = runner.stop.bind(runner)
  runner.stop = async (...args) => {
    await stop(...args)
    await pool.end()
  }
  return runner
}

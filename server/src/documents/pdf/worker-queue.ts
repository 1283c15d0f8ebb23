import { Worker } from 'node:worker_threads'

export type Job = { id: number; input: string }
export type Answer = { id: number; bytes: Uint8Array<ArrayBuffer> } | { id: number; message: string }

export type WorkerQueue = {
  /** Runs the input in the worker. Rejects if the job fails, the worker dies under it, or the queue is closed. */
  run(input: string): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

type Waiting = Job & { resolve(bytes: Uint8Array<ArrayBuffer>): void; reject(error: Error): void }

/**
 * One worker thread, started by the first job, that gets one job at a time: a crash costs the job that runs, and the next
 * job gets a new thread.
 */
export function openWorkerQueue(file: URL): WorkerQueue {
  const waiting: Waiting[] = []
  let running: Waiting | null = null
  let worker: Worker | null = null
  let lastId = 0
  let isClosed = false

  const next = () => {
    running = waiting.shift() ?? null
    if (running === null) return
    worker ??= startWorker()
    worker.postMessage({ id: running.id, input: running.input } satisfies Job)
  }
  const settle = (answer: Answer) => {
    if (running?.id !== answer.id) return
    if ('bytes' in answer) running.resolve(answer.bytes)
    else running.reject(new Error(answer.message))
    next()
  }
  const startWorker = () => {
    const started = new Worker(file)
    let cause: unknown
    started.on('message', settle)
    started.on('error', (error) => {
      cause = error
    })
    started.once('exit', (code) => {
      if (isClosed) return
      worker = null
      running?.reject(new Error(`The document worker ended with code ${code}`, { cause }))
      next()
    })
    return started
  }

  return {
    run: (input) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error('The document worker is closed'))
        lastId += 1
        waiting.push({ id: lastId, input, resolve, reject })
        if (running === null) next()
      }),
    close: async () => {
      isClosed = true
      for (const job of [running, ...waiting.splice(0)]) job?.reject(new Error('The document worker is closed'))
      running = null
      await worker?.terminate()
    },
  }
}
